import Testing
import TributaryPlan

@Suite struct RunPlanJSONTests {
  @Test func equalPlansGiveEqualText() throws {
    let plan = try RunPlanReader.read(yaml: fullPlan, file: "run.yaml")
    let other = try RunPlanReader.read(yaml: fullPlan, file: "run.yaml")
    #expect(try plan.canonicalJSON == other.canonicalJSON)
    #expect(try plan.digest == other.digest)
    #expect(try plan.canonicalJSON.hasPrefix(#"{"backbone":{"architecture":"bert","head":"new""#))
  }

  @Test func comesBackEqual() throws {
    for yaml in [fullPlan, smallPlan] {
      let plan = try RunPlanReader.read(yaml: yaml, file: "run.yaml")
      #expect(try RunPlan(canonicalJSON: plan.canonicalJSON) == plan)
    }
    #expect(throws: (any Error).self) { try RunPlan(canonicalJSON: "{}") }
  }

  @Test func aPlanWithoutAnAttackSaysNothingOfIt() throws {
    let plan = try RunPlanReader.read(yaml: smallPlan, file: "run.yaml")
    #expect(try !plan.canonicalJSON.contains("simulation"))
  }

  @Test func anotherSettingGivesAnotherDigest() throws {
    var plan = try RunPlanReader.read(yaml: smallPlan, file: "run.yaml")
    let before = try plan.digest
    plan.local.optimizer.learningRate += 1e-9
    #expect(try plan.digest != before)
  }
}

import Testing
import TributaryCore
@testable import TributaryPlan

@Suite struct RunPlanReaderWritingTests {
  private let environment = ["SCANS": "/scans", "HOME": "/home/me"]

  /// The plan of the rewritten file, read elsewhere, is the plan of the file.
  private func compare(_ yaml: String, _ overrides: [String] = []) throws -> RunPlan {
    let text = try RunPlanReader.rewritten(
      yaml: yaml, file: "/runs/run.yaml", overrides: overrides, current: "/here",
      environment: environment)
    let written = try RunPlanReader.read(
      yaml: text, file: "/elsewhere/chosen.yaml", environment: environment)
    var expected = try RunPlanReader.read(
      yaml: yaml, file: "/runs/run.yaml", overrides: overrides, environment: environment)
    expected.transfer.auto = nil
    var compared = written
    // Lines of the file, for errors.
    compared.data.partition?.places = expected.data.partition?.places ?? PlanPlaces([:], in: "")
    #expect(compared == expected)
    return written
  }

  @Test func everyKeySurvives() throws {
    let plan = try compare(fullPlan)
    #expect(plan.backbone.path == "/runs/models/minilm" && plan.data.test == "/data/test.tsv")
  }

  @Test func pathsAndTextsKeepTheirMeaning() throws {
    let yaml = """
      name: "a: \\"b\\" \\\\ c\\tü"
      backbone: {path: "hub:team/model"}
      task: {kind: image-classification, classes: ["1", 'no', "x, y"]}
      data: {train: "${SCANS}/train set", test: ~/test}
      transfer:
        auto: {methods: [head]}
        objectives: [{kind: l2-sp, alpha: 0.1}, {kind: distillation, model: ../teacher}]
      """
    let overrides = ["transfer.auto=false", "transfer.method=fine-tune", "data.target=digits"]
    let text = try RunPlanReader.rewritten(
      yaml: yaml, file: "/runs/run.yaml", overrides: overrides, current: "/here",
      environment: environment)
    let plan = try RunPlanReader.read(
      yaml: text, file: "/elsewhere/chosen.yaml", environment: environment)
    #expect(plan.name == "a: \"b\" \\ c\tü" && plan.backbone.path == "hub:team/model")
    #expect(plan.task.classNames == ["1", "no", "x, y"])
    #expect(plan.data.train == "/scans/train set" && plan.data.test == "/home/me/test")
    #expect(plan.data.target == "/here/digits" && plan.transfer.auto == nil)
    #expect(plan.transfer.objectives[1].settings["model"] == "/runs/../teacher")
    #expect(plan.transfer.objectives[0].settings["alpha"] == 0.1)
  }
}

import Testing
import TributaryPlan

@Suite struct PartitionPlanTests {
  private func read(_ text: String) throws -> RunPlan {
    try RunPlanReader.read(yaml: smallPlan + "\n" + text, file: "run.yaml")
  }

  @Test func keysKnowTheirPlaces() throws {
    let plan = try read(
      """
      data:
        partition:
          kind: dirichlet

          alpha: 0.1
      """)
    let places = try #require(plan.data.partition).places
    #expect(places["kind"] == "run.yaml:6")
    #expect(places["alpha"] == "run.yaml:8")
    #expect(places["clients"] == "run.yaml:5", "where it should stand")
    #expect(PartitionPlan().places["kind"] == nil)
  }

  @Test func placesAreNoPartOfThePlan() throws {
    let plan = try read("data: {partition: {kind: iid, clients: 3}}")
    let other = try read("\n\ndata: {partition: {kind: iid, clients: 3}}")
    #expect(plan == other)
    #expect(try plan.canonicalJSON == other.canonicalJSON)
    #expect(try RunPlan(canonicalJSON: plan.canonicalJSON) == plan)
    #expect(
      try plan.canonicalJSON.contains(
        #""partition":{"clients":3,"kind":"iid","minimumExamples":1,"settings":{}}"#))
  }

  @Test func settingsKeepTheirForm() throws {
    let plan = try read(
      #"data: {partition: {a: 1.5, b: yes, c: true, d: "2", e: [1, [x]], f: nan}}"#)
    #expect(
      plan.data.partition?.settings
        == ["a": 1.5, "b": "yes", "c": true, "d": "2", "e": [1, ["x"]], "f": "nan"])
    #expect(try RunPlan(canonicalJSON: plan.canonicalJSON) == plan)
    #expect("\(PlanSetting.list([1, 2.5, "x", false]))" == "[1, 2.5, x, false]")
  }

  @Test func featureShiftIsReadAndIsForImages() throws {
    let plan = try read("data: {featureShift: {rotation: 30, noise: 0.1}}")
    #expect(plan.data.featureShift == FeatureShiftPlan(rotation: 30, noise: 0.1))
    let texts = smallPlan.replacing("image-classification", with: "text-classification")
    #expect(
      problems(texts + "\ndata: {featureShift: {noise: 0.1}}") == [
        "run.yaml:4: data.featureShift: changes images, but task.kind is text-classification"
      ])
  }
}

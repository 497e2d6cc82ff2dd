import Testing
import TributaryPlan

@Suite struct EpisodesPlanTests {
  private let section = """

    transfer:
      episodes:
        algorithm: reptile
        ways: 7
        shots: 2
        trainingShots: 10
        innerOptimizer: adam
        transductive: false
        rotations: true
        testClasses: [1, 4..6]

    """

  @Test func reads() throws {
    let plan = try RunPlanReader.read(yaml: smallPlan + section, file: "run.yaml")
    var expected = EpisodesPlan(
      algorithm: .reptile, ways: 7, shots: 2, trainingShots: 10, innerOptimizer: .adam)
    (expected.transductive, expected.rotations) = (false, true)
    expected.testClasses = [1, 4, 5, 6]
    #expect(plan.transfer.episodes == expected)
    #expect(try RunPlan(canonicalJSON: plan.canonicalJSON) == plan)
  }

  @Test func isNotThereUnlessAskedFor() throws {
    let plan = try RunPlanReader.read(yaml: smallPlan, file: "run.yaml")
    #expect(plan.transfer.episodes == nil)
    #expect(try !plan.canonicalJSON.contains("episodes"))
  }

  @Test(arguments: [
    ("algorithm=repile", "reptile"), ("ways=1", ">= 2"), ("ways=11", "task.classes"),
    ("trainingWays=9", "protonet"), ("algorithm=maml", "adam"), ("testClasses=[3..2]", "1, 4..7"),
    ("testClasses=[2, 1..3]", "twice"), ("testClasses=[12]", "0 to 9"), ("shot=3", "shots"),
    ("innerLearningRate=0", "> 0"),
  ])
  func refuses(setting: String, said: String) {
    let found = problems(
      smallPlan + section, overrides: ["transfer.episodes.\(setting)"])
    #expect(found.contains { $0.contains(said) }, "\(found)")
  }

  @Test func asksForTestClassesOfItsOwn() {
    let paths = ["data.train=x-images-idx3-ubyte", "data.test=x-images-idx3-ubyte"]
    #expect(problems(smallPlan + section, overrides: paths).isEmpty)
    let same = problems(
      smallPlan + section, overrides: paths + ["transfer.episodes.testClasses=[]"])
    #expect(same.contains { $0.contains("testClasses") }, "\(same)")
    let held = problems(smallPlan + section, overrides: ["data.holdout=0.1"])
    #expect(held.contains { $0.contains("data.holdout") }, "\(held)")
  }
}

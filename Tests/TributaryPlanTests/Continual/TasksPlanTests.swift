import Testing
import TributaryPlan

@Suite struct TasksPlanTests {
  private let section = """

    data:
      tasks:
        - {train: a/train, test: a/test, labels: [0, 1]}
        - {name: second, train: /b/train, test: b/test}
      replay: {size: 50, kind: reservoir, passes: 2}

    """

  @Test func reads() throws {
    let plan = try RunPlanReader.read(yaml: smallPlan + section, file: "runs/run.yaml")
    #expect(
      plan.data.tasks == [
        DataTask(
          name: "task 1", train: "runs/a/train", test: "runs/a/test", labels: [0, 1]),
        DataTask(name: "second", train: "/b/train", test: "runs/b/test"),
      ])
    #expect(plan.data.replay == ReplayPlan(size: 50, kind: .reservoir, passes: 2))
    #expect(try RunPlan(canonicalJSON: plan.canonicalJSON) == plan)
    let plain = try RunPlanReader.read(yaml: smallPlan, file: "run.yaml")
    #expect(plain.data.tasks == nil && plain.data.replay == nil && plain.task.heads == nil)
  }

  @Test(arguments: [
    ("data.train=x", "leave out data.train"), ("data.only=[3]", "labels of their own"),
    ("data.tasks=[{train: a, labels: [10]}]", "0 to 9"),
    ("data.tasks=[{test: a}]", "without train"),
    ("data.tasks=[{train: a, tests: b}]", "no \"tests\""), ("data.tasks=[]", "1 to 1000"),
    ("data.tasks=[{train: a, labels: [1, 1]}]", "each once"),
    ("data.replay.size=0", ">= 1"), ("data.replay.kind=ring", "class-balanced"),
    ("data.holdout=0.1", "held out"), ("task.heads=[4, 5]", "9 classes"),
    ("task.heads=[2, 2, 6]", "2 tasks, but task.heads 3"), ("task.heads=[10]", "2 to 1000"),
  ])
  func refuses(setting: String, said: String) {
    let found = problems(smallPlan + section, overrides: [setting])
    #expect(found.contains { $0.contains(said) }, "\(found)")
  }

  @Test func replayNeedsFormerTasks() {
    let found = problems(smallPlan, overrides: ["data.train=x", "data.replay.size=3"])
    #expect(found.contains { $0.contains("data.replay.former") }, "\(found)")
    #expect(
      problems(smallPlan, overrides: ["data.train=x", "data.replay.former=[{train: a}]"]).isEmpty)
  }
}

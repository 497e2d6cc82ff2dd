import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryTransfer

@Suite struct TaskSequenceTests {
  private var plan: RunPlan {
    var plan = TransferFixture.plan()
    plan.data.tasks = [
      DataTask(name: "a", train: "a/train", test: "a/test", labels: [0, 1]),
      DataTask(name: "b", train: "b/train", test: "b/test", labels: [2]),
      DataTask(name: "c", train: "c/train", test: "c/test"),
    ]
    plan.data.replay = ReplayPlan(size: 20)
    plan.transfer.objectives = [
      ObjectivePlan(kind: "l2-sp"), ObjectivePlan(kind: "ewc", settings: ["lambda": 3]),
      ObjectivePlan(kind: "lwf"),
      ObjectivePlan(kind: "distillation", settings: ["model": "teacher"]),
    ]
    return plan
  }

  /// The first task has nothing to remember.
  @Test func theFirstTaskIsAPlainRun() throws {
    let stage = try TaskSequence(plan).stage(0, after: nil)
    #expect(stage.data.tasks == nil && stage.data.replay == nil)
    #expect((stage.data.train, stage.data.test) == ("a/train", "a/test"))
    #expect(stage.data.only == [0, 1])
    #expect(stage.transfer.objectives.map(\.kind) == ["l2-sp", "distillation"])
    #expect(stage.backbone == plan.backbone)
  }

  @Test func laterOnesLookAtTheFormer() throws {
    let sequence = try TaskSequence(plan)
    #expect(sequence.needsFisher)
    let stage = try sequence.stage(2, after: "runs/task-2/model")
    #expect(stage.backbone.path == "runs/task-2/model" && stage.backbone.head == .keep)
    #expect(stage.data.replay?.former.map(\.name) == ["a", "b"])
    let models = stage.transfer.objectives.map { $0.settings["model"] }
    #expect(models == [nil, "runs/task-2/model", "runs/task-2/model", "teacher"])
    #expect(stage.transfer.objectives[2].settings["classes"] == 3)
    let second = try sequence.stage(1, after: "m")
    #expect(second.transfer.objectives[2].settings["classes"] == 2)
  }

  @Test func needsTasksWithTests() {
    var one = plan
    one.data.tasks = [DataTask(name: "a", train: "a", test: "a")]
    var untested = plan
    untested.data.tasks?[1].test = nil
    var headed = plan
    headed.task.heads = [2, 1]
    for (plan, code) in [
      (one, "sequence.tasks"), (untested, "sequence.tasks"), (headed, "task.heads"),
    ] {
      let error = #expect(throws: TributaryError.self) { try TaskSequence(plan) }
      #expect(error?.code == code)
    }
  }
}

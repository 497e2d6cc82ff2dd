internal import TributaryCore
public import TributaryPlan

/// A run whose tasks are learned one after the other, each from the model that the former one left.
///
/// Every task is a run of its own, in one place or a federation. Objectives that look at another model (`ewc`, `lwf`,
/// `distillation`, `hints`) and name none look at the former task's, and begin with the second task; `data.replay`
/// keeps examples of all former tasks.
public struct TaskSequence: Sendable {
  public let plan: RunPlan
  public let tasks: [DataTask]

  /// - Throws: `sequence.tasks` where there are no two tasks, or one has no test data.
  public init(_ plan: RunPlan) throws {
    guard let tasks = plan.data.tasks, tasks.count > 1 else {
      throw TributaryError(
        "sequence.tasks", "a sequence has at least two tasks, data.tasks names fewer",
        advice: "add data.tasks: [{train: a/train, test: a/test}, {train: b/train, test: b/test}]")
    }
    if let task = tasks.first(where: { $0.test == nil }) {
      throw TributaryError(
        "sequence.tasks", "\(task.name) has no test data, by which forgetting is measured",
        advice: "name them as its test")
    }
    guard plan.task.heads == nil else {
      throw TributaryError(
        "task.heads", "a sequence has one head for all tasks' classes",
        advice: "leave task.heads out; labels of data.tasks say which classes a task has")
    }
    self.plan = plan
    self.tasks = tasks
  }

  /// Whether each task leaves Fisher information for the next.
  public var needsFisher: Bool { plan.transfer.objectives.contains { $0.kind == EWC.kind } }

  /// The run of task `index`.
  ///
  /// - Parameter former: the folder of the model that the former task left; nil for the first.
  /// - Throws: `objective.kind`.
  public func stage(_ index: Int, after former: String?) throws -> RunPlan {
    var stage = plan
    stage.data.tasks = nil
    (stage.data.train, stage.data.test) = (tasks[index].train, tasks[index].test)
    stage.data.only = tasks[index].labels
    stage.data.replay?.former += tasks[..<index]
    if stage.data.replay?.former.isEmpty ?? false { stage.data.replay = nil }
    if let former {
      stage.backbone.path = former
      stage.backbone.head = .keep
      // What the first task began with is in the former one's model.
      stage.backbone.wordVectors = nil
      stage.transfer.adapter.from = nil
    }
    stage.transfer.objectives = try plan.transfer.objectives.compactMap { objective in
      try completed(objective, before: index, former: former)
    }
    return stage
  }

  /// nil where the objective looks at a former task, and there is none.
  private func completed(
    _ objective: ObjectivePlan, before index: Int, former: String?
  ) throws -> ObjectivePlan? {
    let options = try ObjectiveRegistry.type(objective.kind).options
    guard options.contains(where: { $0.name == ObjectivePlan.modelKey }),
      objective.settings[ObjectivePlan.modelKey] == nil
    else { return objective }
    guard let former else { return nil }
    var objective = objective
    objective.settings[ObjectivePlan.modelKey] = .text(former)
    if objective.kind == LearningWithoutForgetting.kind, objective.settings["classes"] == nil,
      let classes = try knownClasses(before: index)
    {
      objective.settings["classes"] = .number(Double(classes))
    }
    return objective
  }

  /// So many first classes hold all that the tasks before `index` had; nil where one had all.
  private func knownClasses(before index: Int) throws -> Int? {
    let labels = tasks[..<index].map(\.labels)
    guard !labels.contains(where: { $0 == nil }) else { return nil }
    let known = Set(labels.flatMap { $0 ?? [] })
    guard known == Set(0..<known.count) else {
      throw TributaryError(
        "data.tasks",
        "lwf knows the first classes of former tasks, but those had \(known.sorted())",
        advice: "let tasks bring classes in their order, or set the objective's classes")
    }
    return known.count
  }
}

internal import TributaryCore
internal import TributaryPlan

extension DatasetReader {
  /// The examples of all tasks of a run, side by side: with several heads each with the labels of its own.
  ///
  /// - Parameter naturalIDs: where it names neither column nor file, a task is whose its examples are.
  static func joined(
    _ tasks: [DataTask], of plan: RunPlan, split: Split, naturalIDs: NaturalIDSource?
  ) throws -> Dataset {
    let isByTask =
      naturalIDs.map { $0.column == nil && $0.path == nil } ?? false
      && plan.task.kind != .languageModel
    let parts = try tasks.indices.compactMap { index in
      try part(index, of: tasks, plan, split, isByTask ? nil : naturalIDs).map { part in
        isByTask ? part.owned(by: tasks[index].name) : part
      }
    }
    guard !parts.isEmpty else {
      throw TributaryError(
        "data.file", "no task of data.tasks has \(split.rawValue) examples",
        advice: "name them as \(split.rawValue) of a task")
    }
    return try .joined(parts)
  }

  /// `present` with what is kept of former tasks behind it.
  static func replaying(
    _ present: Dataset, of plan: RunPlan, naturalIDs: NaturalIDSource?
  ) throws -> Dataset {
    guard let replay = plan.data.replay, !replay.former.isEmpty else { return present }
    let former = try Dataset.joined(
      replay.former.indices.compactMap { index in
        try part(index, of: replay.former, plan, .train, naturalIDs)
      })
    var memory = ReplayMemory(
      size: replay.size, kind: replay.kind, key: plan.randomKey.at("replay"))
    for label in former.labels ?? [] { memory.offer(label: label) }
    let kept = former.subset(memory.kept.sorted())
    return try .joined([present] + (0..<replay.passes).map { _ in kept })
  }

  /// One of several tasks' examples; nil where the split is not there.
  private static func part(
    _ index: Int, of tasks: [DataTask], _ plan: RunPlan, _ split: Split,
    _ naturalIDs: NaturalIDSource?
  ) throws -> Dataset? {
    let task = tasks[index]
    guard let path = split == .train ? task.train : task.test else { return nil }
    let limit = split == .train ? plan.data.trainLimit : plan.data.testLimit
    var own = plan
    if let heads = plan.task.heads, tasks.count == heads.count {
      own.task = TaskPlan(kind: plan.task.kind, classes: heads[index])
    }
    let chosen = try read(
      own, path, split.rawValue, keeping: task.labels, limit: limit, split: split,
      naturalIDs: naturalIDs)
    _ = try chosen.requireLabels(within: own.task)
    guard let heads = plan.task.heads else { return chosen }
    return chosen.shifted(by: heads[..<index].reduce(0, +))
  }
}

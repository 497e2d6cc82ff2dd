extension PlanChecks {
  mutating func checkTasks() {
    checkHeads()
    let data = plan.data
    expect(
      data.tasks == nil || data.train == nil && data.test == nil, "data.tasks",
      "says where the examples are: leave out data.train and data.test")
    expect(
      data.tasks == nil || plan.transfer.episodes == nil, "data.tasks",
      "is not for transfer.episodes, which draw tasks of their own")
    expect(
      data.tasks == nil || data.only == nil, "data.only",
      "is for one task; those of data.tasks have labels of their own")
    for label in (data.only ?? []) + (data.tasks ?? []).flatMap({ $0.labels ?? [] })
    where plan.task.classes > 0 && plan.task.heads == nil && label >= plan.task.classes {
      expect(
        false, data.only == nil ? "data.tasks" : "data.only",
        "has the label \(label), but those of \(plan.task.classes) classes are 0 to "
          + "\(plan.task.classes - 1)")
    }
    guard let replay = data.replay else { return }
    expect(
      plan.task.heads == nil, "data.replay", "is for one head: leave task.heads out")
    expect(
      !replay.former.isEmpty || data.tasks != nil, "data.replay.former",
      "is needed: the former tasks whose examples are replayed")
    expect(
      replay.passes == 1 || data.holdout == 0, "data.replay.passes",
      "must be 1 with data.holdout: else the same example would be trained on and held out")
    expect(
      plan.transfer.episodes == nil, "data.replay",
      "is not for transfer.episodes, which draw tasks of their own")
  }

  private mutating func checkHeads() {
    guard let heads = plan.task.heads else { return }
    let total = heads.reduce(0, +)
    expect(
      plan.task.classes == 0 || total == plan.task.classes, "task.heads",
      "have \(total) classes together, but task.classes is \(plan.task.classes)")
    expect(
      plan.task.kind != .languageModel, "task.heads",
      "are for classes of examples, not for a language model")
    expect(
      plan.data.tasks.map { $0.count == heads.count } ?? true, "data.tasks",
      "has \(plan.data.tasks?.count ?? 0) tasks, but task.heads \(heads.count)")
    expect(
      plan.transfer.episodes == nil, "transfer.episodes", "need one head: leave task.heads out")
    expect(
      plan.transfer.head.kind == .softmax, "transfer.head.kind",
      "must be softmax with task.heads: several heads are trained together")
  }
}

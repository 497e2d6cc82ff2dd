extension PlanSchema {
  /// Several tasks: one after the other, or on one backbone.
  static let taskKeys: [PlanKey] = [
    PlanKey(
      "task.heads", \.plan.task.heads, PlanValue.heads.optional,
      "several tasks on one backbone: the numbers of classes of their heads, which make up task.classes"
    ),
    PlanKey(
      "data.tasks", \.plan.data.tasks, PlanValue.tasks.optional,
      "several tasks: one after the other (sequence), else together; with task.heads each has its head"
    ),
    PlanKey(
      "data.public", \.plan.data.public, PlanValue.path.optional,
      "feddf: file or folder of examples, on the coordinator's machine, whose labels are not looked at"
    ),
    PlanKey(
      "data.publicLimit", \.plan.data.publicLimit, PlanValue.wholeNumber(.atLeast(1)).optional,
      "use the first so many of its examples"),
    PlanKey(
      "data.only", \.plan.data.only, PlanValue.someLabels.optional,
      "keep only examples with these labels, as they are"),
    PlanKey(
      "data.replay.size", \.replay.size, .wholeNumber(.range(1, 100_000_000)),
      "examples of former tasks that are kept and trained on beside the present one's"),
    PlanKey(
      "data.replay.kind", \.replay.kind, .choice,
      "which: all with the same probability, or as many of each class"),
    PlanKey(
      "data.replay.passes", \.replay.passes, .wholeNumber(.range(1, 1000)),
      "how often an epoch passes over them"),
    PlanKey(
      "data.replay.former", \.replay.former, .tasks,
      "the former tasks as [{train: path}], in order; `tributary sequence` says them itself"),
  ]
}

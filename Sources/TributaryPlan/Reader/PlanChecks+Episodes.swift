extension PlanChecks {
  mutating func checkEpisodes() {
    guard let episodes = plan.transfer.episodes else { return }
    let path = "transfer.episodes"
    let name = episodes.algorithm.rawValue
    expect(
      episodes.trainingWays == nil || episodes.algorithm == .protonet, "\(path).trainingWays",
      "is for protonet; with \(name) the model has \(episodes.ways) outputs, in training too")
    expect(
      episodes.innerOptimizer == .sgd || episodes.algorithm == .reptile, "\(path).innerOptimizer",
      "adam is for reptile; \(name) differentiates steps of sgd")
    expect(
      plan.task.classes == 0 || episodes.ways <= plan.task.classes, "\(path).ways",
      "is \(episodes.ways), but task.classes is \(plan.task.classes)")
    expect(
      !episodes.rotations || plan.task.kind == .imageClassification, "\(path).rotations",
      "turns images, but task.kind is \(plan.task.kind.rawValue)")
    expect(
      plan.task.kind != .languageModel, "task.kind",
      "cannot be language-model with transfer.episodes: a task needs classes")
    expect(
      !plan.transfer.method.addsTensors, "transfer.method",
      "cannot be \(plan.transfer.method.rawValue) with transfer.episodes: a few examples are fitted without adapters"
    )
    expect(
      plan.data.augment.isEmpty, "data.augment",
      "is not for transfer.episodes; transfer.episodes.rotations turns images")
    let strategy = plan.federation.strategy.kind
    expect(
      !["fedsgd", "qfedavg", "moon"].contains(strategy), "federation.strategy.kind",
      "\(strategy) needs batches of a client's examples, not transfer.episodes")
    expect(
      plan.data.holdout == 0, "data.holdout",
      "is not for transfer.episodes, whose tasks are measured with their queries")
    expect(
      plan.data.test == nil || plan.data.test != plan.data.train || !episodes.testClasses.isEmpty,
      "\(path).testClasses",
      "must name classes where data.test is data.train: the test is of classes that training never saw"
    )
    if let label = episodes.testClasses.first(where: { $0 >= plan.task.classes }),
      plan.task.classes > 0
    {
      expect(
        false, "\(path).testClasses",
        "has \(label), but the labels of \(plan.task.classes) classes are 0 to \(plan.task.classes - 1)"
      )
    }
  }
}

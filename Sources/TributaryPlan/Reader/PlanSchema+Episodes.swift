extension PlanSchema {
  /// `transfer.episodes`.
  static let episodeKeys: [PlanKey] = [
    PlanKey(
      "transfer.episodes.algorithm", \.episodes.algorithm, .choice,
      "learning from many small tasks: how a task changes the model", .requiredInSection),
    PlanKey(
      "transfer.episodes.ways", \.episodes.ways, .wholeNumber(ways),
      "classes of a task, and outputs of the model"),
    PlanKey(
      "transfer.episodes.shots", \.episodes.shots, .wholeNumber(size),
      "labelled examples of each class"),
    PlanKey(
      "transfer.episodes.queries", \.episodes.queries, .wholeNumber(size),
      "examples of each class to measure with"),
    PlanKey(
      "transfer.episodes.trainingWays", \.episodes.trainingWays,
      PlanValue.wholeNumber(ways).optional, "protonet: classes of a task in training; default: ways"
    ),
    PlanKey(
      "transfer.episodes.trainingShots", \.episodes.trainingShots,
      PlanValue.wholeNumber(size).optional,
      "labelled examples of each class in training; default: shots"),
    PlanKey(
      "transfer.episodes.iterations", \.episodes.iterations, .wholeNumber(steps),
      "meta-steps of an epoch (local.epochs)"),
    PlanKey(
      "transfer.episodes.metaBatch", \.episodes.metaBatch, .wholeNumber(size),
      "tasks whose mean makes one meta-step"),
    PlanKey(
      "transfer.episodes.innerSteps", \.episodes.innerSteps, .wholeNumber(steps),
      "steps on a task's labelled examples"),
    PlanKey(
      "transfer.episodes.innerLearningRate", \.episodes.innerLearningRate, .number(.above(0)),
      "their step size"),
    PlanKey(
      "transfer.episodes.innerOptimizer", \.episodes.innerOptimizer, .choice,
      "their optimiser; adam (reptile only) has no momentum"),
    PlanKey(
      "transfer.episodes.innerBatchSize", \.episodes.innerBatchSize,
      PlanValue.wholeNumber(size).optional, "their examples a step; default: all of the task's"),
    PlanKey(
      "transfer.episodes.evaluationSteps", \.episodes.evaluationSteps,
      PlanValue.wholeNumber(steps).optional,
      "steps where a model is adapted or measured; default: innerSteps"),
    PlanKey(
      "transfer.episodes.evaluationBatchSize", \.episodes.evaluationBatchSize,
      PlanValue.wholeNumber(size).optional, "their examples a step; default: innerBatchSize"),
    PlanKey(
      "transfer.episodes.evaluationEpisodes", \.episodes.evaluationEpisodes, .wholeNumber(steps),
      "tasks that a model is measured with"),
    PlanKey(
      "transfer.episodes.transductive", \.episodes.transductive, .truth,
      "batch norms see all of a task's queries at once, not each with the labelled examples alone"),
    PlanKey(
      "transfer.episodes.rotations", \.episodes.rotations, .truth,
      "in training, images turned by 90, 180 and 270 degrees are classes of their own"),
    PlanKey(
      "transfer.episodes.testClasses", \.episodes.testClasses, .labelRanges,
      "labels and ranges (3..7) that only the test sees; default: data.test has other classes"),
  ]

  private static let ways = bounds(EpisodesPlan.waysRange)
  private static let size = bounds(EpisodesPlan.sizeRange)
  private static let steps = bounds(EpisodesPlan.stepsRange)

  private static func bounds(_ range: ClosedRange<Int>) -> PlanBounds {
    .range(Double(range.lowerBound), Double(range.upperBound))
  }
}

extension PlanValue where Value == [Int] {
  /// Labels, one by one or as `first..last`, each once.
  static let labelRanges = PlanValue("list of labels and ranges", show: { _ in nil }) { node, _ in
    let expected = "a list of labels and ranges, such as [1, 4..7]"
    let ranges = try node.list(expected) { node in
      let text = try node.text(expected, quotedToo: false)
      guard let range = labelRange(text) else { throw node.mismatch(expected) }
      guard range.upperBound < 1_000_000 else { throw PlanMismatch("a label is below 1000000") }
      return range
    }
    let labels = ranges.flatMap { Array($0) }
    guard Set(labels).count == labels.count else { throw PlanMismatch("has a label twice") }
    return labels
  }

  private static func labelRange(_ text: String) -> ClosedRange<Int>? {
    guard let dots = text.firstRange(of: "..") else {
      return Int(text).flatMap { $0 >= 0 ? $0...$0 : nil }
    }
    guard let first = Int(text[..<dots.lowerBound]), let last = Int(text[dots.upperBound...]),
      first >= 0, first <= last
    else { return nil }
    return first...last
  }
}

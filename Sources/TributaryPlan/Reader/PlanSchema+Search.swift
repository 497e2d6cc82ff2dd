extension PlanSchema {
  /// `transfer.auto`.
  static let searchKeys: [PlanKey] = [
    PlanKey(
      "transfer.auto.methods", \.search.methods, .choices(),
      "searches what moves and how fast, on examples held out (transfer: auto alone will do): the methods to try"
    ),
    PlanKey(
      "transfer.auto.lastBlocks", \.search.lastBlocks, .numbers(.range(0, 10_000)),
      "fine-tune: numbers of the backbone's last blocks to try; 0: all"),
    PlanKey(
      "transfer.auto.ranks", \.search.ranks, .numbers(.range(1, 4096)),
      "lora: widths of the adapters to try"),
    PlanKey(
      "transfer.auto.heads", \.search.heads, .choices(), "head: kinds of classifier to try"),
    PlanKey(
      "transfer.auto.learningRates", \.search.learningRates, .rates,
      "default: around the learning-rate finder's (finetune) or local.optimizer.learningRate (simulate)"
    ),
    PlanKey(
      "transfer.auto.trials", \.search.trials, .wholeNumber(.range(1, 10_000)),
      "so many of all combinations are begun at most, drawn from the seed"),
    PlanKey(
      "transfer.auto.eta", \.search.eta, .wholeNumber(.range(2, 100)),
      "one of so many goes on to a training so many times as long"),
    PlanKey(
      "transfer.auto.minimum", \.search.minimum, .wholeNumber(.range(1, 1_000_000)),
      "epochs (simulate: rounds) of the shortest training; the longest is the run's own"),
    PlanKey(
      "transfer.auto.metric", \.search.metric, PlanValue.text.optional,
      "what decides; default: accuracy (finetune), globalAccuracy (simulate), of examples held out"),
    PlanKey(
      "transfer.auto.budget.epochs", \.search.budget.epochs,
      PlanValue.wholeNumber(.range(1, 1_000_000_000)).optional,
      "finetune: epochs of all trials together; default: as many as it takes"),
    PlanKey(
      "transfer.auto.budget.rounds", \.search.budget.rounds,
      PlanValue.wholeNumber(.range(1, 1_000_000_000)).optional,
      "simulate: rounds of all trials together"),
    PlanKey(
      "transfer.auto.budget.seconds", \.search.budget.seconds,
      PlanValue.number(PlanBounds(lower: 0, includesLower: false, upper: 31_536_000)).optional,
      "after so long no further trial begins; those that have begun are compared to the end"),
  ]
}

extension PlanValue {
  /// Some of an enumeration's words, each once.
  static func choices<Word>() -> PlanValue
  where
    Value == [Word], Word: RawRepresentable & CaseIterable & Sendable & Hashable,
    Word.RawValue == String
  {
    let choice = PlanValue<Word>.choice
    return PlanValue(
      "list of \(choice.type)", show: { "\($0.map(\.rawValue))" }
    ) { node, paths in
      try node.distinct("a list of words") { try choice.parse($0, paths) }
    }
  }
}

extension PlanValue where Value == [Int] {
  /// Whole numbers, each once.
  static func numbers(_ bounds: PlanBounds) -> PlanValue {
    PlanValue("list of whole numbers \(bounds)") { node, paths in
      try node.distinct("a list of whole numbers") {
        try PlanValue<Int>.wholeNumber(bounds).parse($0, paths)
      }
    }
  }
}

extension PlanValue where Value == [Double] {
  /// Positive numbers, each once.
  static let rates = PlanValue("list of numbers > 0", show: { $0.isEmpty ? nil : "\($0)" }) {
    node, paths in
    try node.distinct("a list of numbers") {
      try PlanValue<Double>.number(.above(0)).parse($0, paths)
    }
  }
}

extension PlanNode {
  /// A list with at least one value and none twice.
  fileprivate func distinct<Value: Hashable>(
    _ expected: String, of element: (PlanNode) throws -> Value
  ) throws -> [Value] {
    let values = try list(expected, of: element)
    guard !values.isEmpty else { throw PlanMismatch("is empty") }
    guard Set(values).count == values.count else { throw PlanMismatch("has a value twice") }
    return values
  }
}

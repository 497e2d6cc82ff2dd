internal import TributaryCore

/// One epoch's batches of labelled examples, and beside each one of the target domain.
///
/// With a target domain the epoch passes once over the longer of the two; the shorter one begins again, in another
/// order, as often as it takes.
struct EpochBatches: Sequence, IteratorProtocol {
  struct Pair {
    /// Positions of labelled examples; empty where a client has none.
    var source: [Int]
    /// Positions of the target domain's examples; empty where none are looked at.
    var target: [Int]

    /// Part `index` of `count` about equal ones.
    func part(_ index: Int, of count: Int) -> Pair {
      func slice(_ all: [Int]) -> [Int] {
        Array(all[(all.count * index / count)..<(all.count * (index + 1) / count)])
      }
      return Pair(source: slice(source), target: slice(target))
    }
  }

  let count: Int
  private var position = 0
  private var source: Cycle
  private var target: Cycle?

  init(
    _ examples: TrainingExamples, target: TrainingExamples?, batchSize: Int, grouped: Bool,
    key: RandomKey
  ) {
    source = Cycle(examples: examples, batchSize: batchSize, grouped: grouped, key: key)
    self.target = target.map {
      Cycle(examples: $0, batchSize: batchSize, grouped: grouped, key: key.at("target"))
    }
    count = Self.count(examples.count, target?.count ?? 0, batchSize: batchSize)
  }

  static func count(_ examples: Int, _ target: Int, batchSize: Int) -> Int {
    (Swift.max(examples, target) + batchSize - 1) / batchSize
  }

  mutating func next() -> Pair? {
    guard position < count else { return nil }
    position += 1
    return Pair(source: source.next(), target: target?.next() ?? [])
  }
}

/// Batches of one data set, pass after pass.
private struct Cycle {
  let examples: TrainingExamples
  let batchSize: Int
  let grouped: Bool
  let key: RandomKey
  private var pass = 0
  private var batches: [[Int]] = []

  init(examples: TrainingExamples, batchSize: Int, grouped: Bool, key: RandomKey) {
    self.examples = examples
    self.batchSize = batchSize
    self.grouped = grouped
    self.key = key
  }

  mutating func next() -> [Int] {
    guard examples.count > 0 else { return [] }
    if batches.isEmpty {
      let key = pass == 0 ? key : key.at("pass").at(pass)
      batches = examples.batches(of: batchSize, grouped: grouped, key: key).reversed()
      pass += 1
    }
    return batches.removeLast()
  }
}

extension ClosedRange<Double> {
  /// What lies `share` of the way from the lower to the upper bound.
  func share(_ share: Double) -> Double { lowerBound + (upperBound - lowerBound) * share }
}

internal import Foundation
public import TributaryCore

/// How the next token is chosen out of a language model's scores.
///
/// In the order of `transformers`: repetition penalty, temperature, top-k, top-p, then softmax and a draw.
public struct TokenSampler: Sendable, Equatable {
  /// Scores are divided by it: below 1 the likely tokens gain; 0: always the likeliest token (greedy).
  public var temperature: Float
  /// Only so many of the likeliest tokens; nil: all.
  public var topK: Int?
  /// Only the likeliest tokens that together reach this probability, at least one; nil: all.
  public var topP: Float?
  /// Scores of tokens that were there already are divided by it, negative ones multiplied (Keskar et al. 2019,
  /// arXiv:1909.05858); 1: nothing happens.
  public var repetitionPenalty: Float

  /// - Throws: `generation.setting` where a number is out of its range.
  public init(
    temperature: Float = 1, topK: Int? = nil, topP: Float? = nil, repetitionPenalty: Float = 1
  ) throws {
    func check(_ holds: Bool, _ what: String) throws {
      guard holds else { throw TributaryError("generation.setting", what) }
    }
    try check(temperature.isFinite && temperature >= 0, "the temperature must be 0 or more")
    try check(topK.map { $0 > 0 } ?? true, "top-k must be 1 or more")
    try check(topP.map { $0 > 0 && $0 <= 1 } ?? true, "top-p must lie above 0 and not above 1")
    try check(
      repetitionPenalty.isFinite && repetitionPenalty > 0, "the repetition penalty must be above 0")
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.repetitionPenalty = repetitionPenalty
  }

  /// The likeliest token every time.
  public static let greedy = TokenSampler()

  private init() {
    (temperature, topK, topP, repetitionPenalty) = (0, nil, nil, 1)
  }

  /// The next token.
  ///
  /// - Parameters:
  ///   - scores: one for each token of the vocabulary.
  ///   - previous: the tokens so far, which the penalty is about.
  ///   - key: what the draw depends on; the same key gives the same token.
  public func token(scores: [Float], previous: [Int32], key: RandomKey) -> Int32 {
    precondition(!scores.isEmpty, "there is no token to choose")
    let penalised = penalised(scores, previous)
    guard temperature > 0 else {
      return Int32(penalised.indices.max { penalised[$0] < penalised[$1] } ?? 0)
    }
    let probabilities = warped(penalised)
    var generator = key.generator
    let point = generator.uniformDouble() * probabilities.reduce(0, +)
    var sum = 0.0
    var last = 0
    for (id, probability) in probabilities.enumerated() where probability > 0 {
      sum += probability
      last = id
      if point < sum { break }
    }
    return Int32(last)
  }

  /// The probabilities that a draw follows; with temperature 0 one token has them all.
  public func probabilities(scores: [Float], previous: [Int32] = []) -> [Double] {
    let penalised = penalised(scores, previous)
    if temperature > 0 { return warped(penalised) }
    var result = [Double](repeating: 0, count: scores.count)
    if let best = penalised.indices.max(by: { penalised[$0] < penalised[$1] }) { result[best] = 1 }
    return result
  }

  private func penalised(_ scores: [Float], _ previous: [Int32]) -> [Float] {
    guard repetitionPenalty != 1 else { return scores }
    var scores = scores
    for id in Set(previous) where scores.indices.contains(Int(id)) {
      let score = scores[Int(id)]
      scores[Int(id)] = score < 0 ? score * repetitionPenalty : score / repetitionPenalty
    }
    return scores
  }

  private func warped(_ penalised: [Float]) -> [Double] {
    var scores = penalised.map { $0 / temperature }
    // Equal scores by id, so that the order is the same everywhere.
    let order = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    if let topK, topK < scores.count {
      // Whatever equals the last one stays, too.
      let least = scores[order[topK - 1]]
      for id in scores.indices where scores[id] < least { scores[id] = -.infinity }
    }
    var probabilities = Self.softmax(scores)
    if let topP, topP < 1 {
      // From the unlikeliest on: what sums to no more than 1 - topP goes, the likeliest never.
      var sum = 0.0
      for id in order.reversed().dropLast() {
        sum += probabilities[id]
        guard sum <= 1 - Double(topP) else { break }
        scores[id] = -.infinity
      }
      probabilities = Self.softmax(scores)
    }
    return probabilities
  }

  private static func softmax(_ scores: [Float]) -> [Double] {
    let largest = Double(scores.max() ?? 0)
    let weights = scores.map { exp(Double($0) - largest) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }
}

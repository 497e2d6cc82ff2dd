internal import TributaryCore

/// Each word is left out with a probability; one stays at least (Wei & Zou 2019, "EDA").
struct WordDeletion: TextAugmentation {
  static let kind = "word-deletion"
  static let options = [AugmentationOption.probability(0.1)]
  static let summary = "each word may be left out"
  private let probability: Double

  init(_ options: AugmentationOptions) { probability = options["probability"] }

  func apply(to words: inout [String], _ random: inout RandomStream) {
    guard words.count > 1 else { return }
    let kept = words.filter { _ in !random.happens(probability) }
    words = kept.isEmpty ? [words[random.below(words.count)]] : kept
  }
}

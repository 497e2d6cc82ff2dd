internal import TributaryCore

/// Two words change places, as often as a share of the words says (Wei & Zou 2019, "EDA").
struct WordSwap: TextAugmentation {
  static let kind = "word-swap"
  static let options = [
    AugmentationOption("share", 0...1, default: 0.1, "swaps, of the number of words")
  ]
  static let summary = "words change places"
  private let share: Double

  init(_ options: AugmentationOptions) { share = options["share"] }

  func apply(to words: inout [String], _ random: inout RandomStream) {
    guard words.count > 1 else { return }
    for _ in 0..<Int((share * Double(words.count)).rounded(.up)) {
      words.swapAt(random.below(words.count), random.below(words.count))
    }
  }
}

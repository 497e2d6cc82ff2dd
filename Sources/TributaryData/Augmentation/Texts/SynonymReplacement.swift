internal import TributaryCore
internal import TributaryPlan

/// Some of the words that have synonyms are replaced by one of them, as many as a share of all words says (Wei & Zou
/// 2019, "EDA"). The groups of synonyms stand in the plan, and so are the same for all clients. Upper and lower case
/// are the same word, punctuation around it stays, and so does a capital at its beginning.
struct SynonymReplacement: TextAugmentation {
  static let kind = "synonym"
  static let options = [
    AugmentationOption("share", 0...1, default: 0.1, "words replaced, of the number of words"),
    .groups(
      AugmentationPlan.wordsKey,
      "the synonyms, as [[film, movie], [good, fine]]; or path: a file with a group a line"),
  ]
  static let summary = "words become synonyms of theirs"
  private let share: Double
  /// By each word the others of its groups.
  private let synonyms: [String: [String]]

  init(_ options: AugmentationOptions) {
    share = options["share"]
    var synonyms: [String: [String]] = [:]
    for group in options[groups: AugmentationPlan.wordsKey] {
      for word in group {
        synonyms[word.lowercased(), default: []] +=
          group.filter { $0.lowercased() != word.lowercased() }
      }
    }
    self.synonyms = synonyms
  }

  func apply(to words: inout [String], _ random: inout RandomStream) {
    var places = words.indices.filter { !others(of: words[$0]).isEmpty }
    let wanted = min(places.count, Int((share * Double(words.count)).rounded(.up)))
    // The first so many of them in a drawn order.
    for index in 0..<wanted {
      places.swapAt(index, index + random.below(places.count - index))
      let word = words[places[index]]
      let choice = others(of: word)
      words[places[index]] = Self.replacing(word, by: choice[random.below(choice.count)])
    }
  }

  private func others(of word: String) -> [String] {
    synonyms[Self.core(of: word).lowercased()] ?? []
  }

  /// The synonym in a word's place, with the word's punctuation and its capital.
  private static func replacing(_ word: String, by synonym: String) -> String {
    let core = core(of: word)
    var chosen = synonym
    if core.first?.isUppercase == true, let first = chosen.first {
      chosen = first.uppercased() + String(chosen.dropFirst())
    }
    let before = String(word[..<core.startIndex])
    let after = String(word[core.endIndex...])
    return before + chosen + after
  }

  /// A word without the punctuation around it.
  private static func core(of word: String) -> Substring {
    func isPart(_ character: Character) -> Bool { character.isLetter || character.isNumber }
    guard let first = word.firstIndex(where: isPart), let last = word.lastIndex(where: isPart)
    else { return word[...] }
    return word[first...last]
  }
}

import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct TextAugmentationTests {
  private let words = (0..<200).map { "word\($0)" }

  private func augmented(_ kind: String, _ settings: [String: PlanSetting]) throws -> [String] {
    var result = words
    var random = RandomKey(seed: 3).generator
    try AugmentationRegistry.textAugmentation(AugmentationPlan(kind: kind, settings: settings))
      .apply(to: &result, &random)
    return result
  }

  @Test func deletionLeavesOutAboutTheShareInOrder() throws {
    let kept = try augmented("word-deletion", ["probability": 0.2])
    #expect((140...180).contains(kept.count))
    #expect(kept == words.filter(Set(kept).contains))
    #expect(try augmented("word-deletion", ["probability": 1]).count == 1)
  }

  @Test func swapsLoseNoWord() throws {
    let swapped = try augmented("word-swap", ["share": 0.1])
    #expect(swapped.sorted() == words.sorted())
    let moved = zip(swapped, words).count { $0 != $1 }
    #expect((20...40).contains(moved))
  }

  /// So many of the words that have synonyms, each by another of its group; case and punctuation stay.
  @Test func synonymsReplaceWordsOfTheirGroup() throws {
    let groups: PlanSetting = [["Film", "movie", "motion picture"], ["good", "fine"]]
    let augmentation = try AugmentationRegistry.textAugmentation(
      AugmentationPlan(kind: "synonym", settings: ["share": 0.3, "words": groups]))
    var seen: Set<String> = []
    for seed in 0..<60 {
      var words = ["A", "good", "story,", "not", "\"FILM!\"", "Movies"]
      var random = RandomKey(seed: UInt64(seed)).generator
      augmentation.apply(to: &words, &random)
      #expect(words[1] == "fine")
      #expect(words[0] == "A" && words[2...3] == ["story,", "not"] && words[5] == "Movies")
      seen.insert(words[4])
    }
    #expect(seen == ["\"Movie!\"", "\"Motion picture!\""])
    let nothing = try augmented("synonym", ["words": groups])
    #expect(nothing == words)
  }
}

internal import TributaryCore

/// Byte-pair encoding (Sennrich et al. 2016, arXiv:1508.07909): a word's characters are merged pair by pair, the
/// pair that was learnt first before all others. Takes O(n log n) for a word of n characters.
struct BytePairEncoding: TokenModel {
  struct Options: Sendable {
    var unknown: String?
    /// Makes one token of unknown characters that stand together.
    var fusesUnknown = false
    /// Spells unknown characters by the tokens `<0x00>` ... `<0xFF>`.
    var hasByteFallback = false
    /// Takes a word that is a token as it is, whatever the merges make of it.
    var ignoresMerges = false
    var continuationPrefix = ""
    var wordSuffix = ""
  }

  let vocabulary: TokenVocabulary
  private let options: Options
  private let unknown: Int32?
  private let byteTokens: [Int32?]
  private let merges: MergeTable
  private let cache = WordCache()

  /// - Parameter merges: pairs of tokens, the first learnt first.
  /// - Throws: `tokenizer.merges` where a pair or what it makes is no token; `tokenizer.special`.
  init(
    vocabulary: TokenVocabulary, merges pairs: [(left: String, right: String)],
    options: Options = Options()
  ) throws {
    self.vocabulary = vocabulary
    self.options = options
    unknown = try options.unknown.map(vocabulary.required)
    byteTokens = options.hasByteFallback ? vocabulary.byteTokens : []
    var merges = MergeTable(expectedCount: pairs.count)
    for (left, right) in pairs {
      let tail = right.utf8.dropFirst(options.continuationPrefix.utf8.count)
      guard let first = vocabulary[left], let second = vocabulary[right],
        let merged = vocabulary[bytes: Array(left.utf8) + tail]
      else {
        throw TributaryError(
          "tokenizer.merges",
          "the pair \(left.prefix(40)) \(right.prefix(40)) is not in the vocabulary")
      }
      merges.append(first, second, into: merged)
    }
    self.merges = merges
  }

  func append(_ word: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]) {
    if options.ignoresMerges, let id = vocabulary[bytes: word] { return ids.append(id) }
    cache.append(word, to: &ids) { word in merges.merged(symbols(of: word)) }
  }

  /// A word's characters as tokens.
  private func symbols(of word: UnsafeBufferPointer<UInt8>) -> [Int32] {
    var symbols: [Int32] = []
    symbols.reserveCapacity(word.count)
    var isAfterUnknown = false
    var start = 0
    while start < word.count {
      let end = start + UTF8.width(of: word[start])
      let bytes = word[start..<end]
      if let id = symbol(bytes, isFirst: start == 0, isLast: end == word.count) {
        symbols.append(id)
        isAfterUnknown = false
      } else if let fallback = fallback(bytes) {
        symbols += fallback
      } else if let unknown {
        if !(isAfterUnknown && options.fusesUnknown) { symbols.append(unknown) }
        isAfterUnknown = true
      }
      start = end
    }
    return symbols
  }

  private func symbol(
    _ character: Slice<UnsafeBufferPointer<UInt8>>, isFirst: Bool, isLast: Bool
  ) -> Int32? {
    let hasPrefix = !isFirst && !options.continuationPrefix.isEmpty
    let hasSuffix = isLast && !options.wordSuffix.isEmpty
    guard hasPrefix || hasSuffix else { return vocabulary[bytes: character] }
    let prefix = hasPrefix ? options.continuationPrefix : ""
    return vocabulary[
      bytes: Array(prefix.utf8) + character + (hasSuffix ? options.wordSuffix : "").utf8]
  }

  private func fallback(_ character: Slice<UnsafeBufferPointer<UInt8>>) -> [Int32]? {
    guard options.hasByteFallback else { return nil }
    let ids = character.compactMap { byteTokens[Int($0)] }
    return ids.count == character.count ? ids : nil
  }
}

extension UTF8 {
  /// Bytes of the character that begins with `byte`, of valid text.
  static func width(of byte: UInt8) -> Int {
    byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
  }
}

public import TributaryCore

/// BERT's tokenizer: text to token ids, equal to Hugging Face's `BertTokenizer` on every text.
///
/// Special tokens written out in the text (`[SEP]`) are recognised first; the rest is normalised
/// (`BertNormalizer`), split at spaces and punctuation, and each word is cut into the longest pieces
/// that the vocabulary has (WordPiece, Wu et al. 2016, arXiv:1609.08144). A word of more than 100
/// characters, or one that cannot be pieced together, is `[UNK]`.
public struct WordPieceTokenizer: Sendable {
  /// What fills the batch behind shorter texts.
  public let paddingID: Int32
  public let unknownID: Int32
  public let classificationID: Int32
  public let separatorID: Int32

  private let vocabulary: WordPieceVocabulary
  private let normalizer: BertNormalizer
  private let specials: [(bytes: [UInt8], id: Int32)]
  private static let maximumWordLength = 100

  /// The tokenizer of a model folder's files: `vocab.txt` with `tokenizer_config.json`, or else
  /// `tokenizer.json`.
  ///
  /// - Throws: `tokenizer.*` where files are missing, malformed or of another kind of tokenizer.
  public init(assets: [String: Bytes]) throws {
    try self.init(configuration: TokenizerConfiguration(assets: assets))
  }

  init(configuration: TokenizerConfiguration) throws {
    let vocabulary = WordPieceVocabulary(tokens: configuration.vocabulary)
    func id(_ role: TokenizerConfiguration.Role) throws -> Int32 {
      let token = configuration.specials[role] ?? role.standard
      guard let id = vocabulary[token] else {
        throw TributaryError("tokenizer.special", "the vocabulary has no \(role) token \(token)")
      }
      return id
    }
    unknownID = try id(.unknown)
    classificationID = try id(.classification)
    separatorID = try id(.separator)
    paddingID = try id(.padding)
    self.vocabulary = vocabulary
    normalizer = configuration.normalizer
    specials = TokenizerConfiguration.Role.allCases.compactMap { role in
      let token = configuration.specials[role] ?? role.standard
      return vocabulary[token].map { (Array(token.utf8), $0) }
    }.filter { !$0.0.isEmpty }.sorted { $0.0.count > $1.0.count }
  }

  /// One more than the largest id: as many rows an embedding table must have.
  public var vocabularyCount: Int { vocabulary.idLimit }

  /// The ids of `[CLS] text [SEP]`, the text cut so that all fit into `maximumTokens` (at least 2).
  public func encode(_ text: String, maximumTokens: Int) -> [Int32] {
    let limit = max(0, maximumTokens - 2) + 1
    var ids: [Int32] = [classificationID]
    var text = text
    text.withUTF8 { bytes in
      var start = 0
      var index = 0
      while index < bytes.count && ids.count < limit {
        guard let special = special(in: bytes, at: index) else {
          index += 1
          continue
        }
        appendPlain(UnsafeBufferPointer(rebasing: bytes[start..<index]), to: &ids, limit: limit)
        ids.append(special.id)
        index += special.bytes.count
        start = index
      }
      if ids.count < limit {
        appendPlain(UnsafeBufferPointer(rebasing: bytes[start...]), to: &ids, limit: limit)
      }
    }
    if ids.count > limit { ids.removeLast(ids.count - limit) }
    ids.append(separatorID)
    return ids
  }

  /// Text without special tokens: as bytes where it is ASCII, as scalars where not.
  private func appendPlain(
    _ bytes: UnsafeBufferPointer<UInt8>, to ids: inout [Int32], limit: Int
  ) {
    var splitter = WordSplitter(capacity: bytes.count)
    if bytes.allSatisfy({ $0 < 0x80 }) {
      for byte in bytes where ids.count < limit {
        splitter.take(ascii: byte, lowercases: normalizer.lowercases) { word, length in
          appendWord(word, length: length, to: &ids)
        }
      }
    } else {
      let text = String(decoding: bytes, as: UTF8.self)
      for scalar in normalizer.normalize(text[...].unicodeScalars) where ids.count < limit {
        splitter.take(scalar) { word, length in appendWord(word, length: length, to: &ids) }
      }
    }
    splitter.finish { word, length in appendWord(word, length: length, to: &ids) }
  }

  private func appendWord(
    _ word: UnsafeBufferPointer<UInt8>, length: Int, to ids: inout [Int32]
  ) {
    let fits = length <= Self.maximumWordLength
    if !fits || !vocabulary.appendPieces(of: word, to: &ids) { ids.append(unknownID) }
  }

  private func special(
    in bytes: UnsafeBufferPointer<UInt8>, at index: Int
  ) -> (bytes: [UInt8], id: Int32)? {
    let first = bytes[index]
    for special in specials where special.bytes[0] == first {
      if bytes[index...].starts(with: special.bytes) { return special }
    }
    return nil
  }
}

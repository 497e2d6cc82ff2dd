/// A token a word; a word that the vocabulary lacks is unknown.
struct WordLevel: TokenModel {
  let vocabulary: TokenVocabulary
  private let unknown: Int32

  /// - Throws: `tokenizer.special` where the vocabulary lacks the unknown token.
  init(vocabulary: TokenVocabulary, unknown: String) throws {
    self.vocabulary = vocabulary
    self.unknown = try vocabulary.required(unknown)
  }

  func append(_ word: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]) {
    ids.append(vocabulary[bytes: word] ?? unknown)
  }
}

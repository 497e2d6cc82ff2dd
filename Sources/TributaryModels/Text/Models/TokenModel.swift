/// What makes ids of a word.
protocol TokenModel: Sendable {
  var vocabulary: TokenVocabulary { get }

  /// Appends the ids of `word`, valid UTF-8 and not empty.
  func append(_ word: UnsafeBufferPointer<UInt8>, to ids: inout [Int32])
}

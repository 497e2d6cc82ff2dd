/// Where vectors of words are, and which of them a new text model gets.
public struct WordVectorPlan: Sendable, Codable, Equatable {
  /// GloVe's text, or word2vec's text or binary file.
  public var path: String
  /// At most so many, from the file's beginning, where common words stand.
  public var maximumWords: Int
  /// A file with a word a line: the only ones that are kept; nil: all.
  public var words: String?

  public init(path: String, maximumWords: Int = 50_000, words: String? = nil) {
    self.path = path
    self.maximumWords = maximumWords
    self.words = words
  }
}

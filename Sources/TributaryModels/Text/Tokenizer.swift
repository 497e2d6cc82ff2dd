/// Text to token ids and back, equal to Hugging Face's `tokenizers` on every text.
public protocol Tokenizer: Sendable {
  /// The ids of `text` with the special tokens around it (`[CLS] ... [SEP]`), the text cut at its end so
  /// that all fit into `maximumTokens`.
  func encode(_ text: String, maximumTokens: Int) -> [Int32]

  /// The text of `ids`; special tokens and ids that no token has are left out.
  func decode(_ ids: [Int32]) -> String

  /// The id of the token spelt exactly so (`<|endoftext|>`); nil where the vocabulary lacks it.
  func id(of token: String) -> Int32?

  /// What fills a batch behind shorter texts; 0 where the tokenizer has no such token.
  var paddingID: Int32 { get }

  /// One more than the largest id: as many rows an embedding table must have.
  var vocabularyCount: Int { get }
}

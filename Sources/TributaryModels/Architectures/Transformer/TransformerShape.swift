/// Where in a transformer adapters, prompts and prefixes can stand.
public struct TransformerShape: Sendable, Equatable {
  /// The layers of one block by name, each `NAME.weight`; query, key and value may be one and the same.
  public struct Layer: Sendable, Equatable {
    public var query: String
    public var key: String
    public var value: String
    /// Behind the heads, in front of the residual.
    public var attentionOutput: String
    /// From the feed-forward's hidden units back, in front of the residual.
    public var output: String
  }

  /// From input to output; equal where blocks share their tensors.
  public var layers: [Layer]
  public var size: Int
  public var heads: Int
  /// The table of word vectors, `[tokens, embedding size]`; nil: it reads no words, and takes no prompts.
  public var wordTable: String?
  public var embeddingSize: Int
  /// Standard deviation of new weights.
  public var initializerRange: Float
}

extension TransformerShape {
  init(_ sizes: TransformerConfiguration, wordTable: String, layers: [Layer]) {
    self.layers = layers
    size = sizes.hiddenSize
    heads = sizes.heads
    self.wordTable = wordTable
    embeddingSize = sizes.embeddingSize
    initializerRange = sizes.initializerRange
  }
}

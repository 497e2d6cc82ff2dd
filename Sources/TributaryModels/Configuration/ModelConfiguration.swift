/// How a text encoder's token vectors become one vector.
public enum Pooling: String, Sendable, CaseIterable {
  /// The first token's vector through the pooler: Hugging Face's sequence classification.
  case cls
  /// The mean over the tokens that are not padding: sentence embeddings.
  case mean
}

/// Everything a model is built from except its tensors: what `config.json` in a model folder says.
public struct ModelConfiguration: Sendable, Equatable {
  /// A name of the model registry.
  public var architecture: String
  public var classes: Int
  /// In label order; nil where nobody named them.
  public var classNames: [String]?
  /// nil for text.
  public var image: ImageConfiguration?
  /// Text only.
  public var pooling: Pooling
  /// Text only.
  public var bert: BertConfiguration?

  public init(
    architecture: String, classes: Int, classNames: [String]? = nil,
    image: ImageConfiguration? = nil, pooling: Pooling = .cls, bert: BertConfiguration? = nil
  ) {
    self.architecture = architecture
    self.classes = classes
    self.classNames = classNames
    self.image = image
    self.pooling = pooling
    self.bert = bert
  }

  /// The most tokens a text may have, special ones included; nil for images.
  public var maximumTokens: Int? { bert?.maximumPositions }
}

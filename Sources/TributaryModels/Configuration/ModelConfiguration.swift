public import TributaryStorage

/// How a text encoder's token vectors become one vector.
public enum Pooling: String, Sendable, CaseIterable {
  /// The vector that Hugging Face's sequence classification takes: the first token's (through the pooler,
  /// where there is one), or for GPT-2 the last one's.
  case cls
  /// The mean over the tokens that are not padding: sentence embeddings.
  case mean
}

/// What a model was made for: which head it has.
public enum Objective: String, Sendable, CaseIterable {
  case classification
  /// Text only: the scores of the vocabulary at each token.
  case languageModel
}

/// Everything a model is built from except its tensors: what `config.json` in a model folder says.
public struct ModelConfiguration: Sendable, Equatable {
  /// A name of the model registry.
  public var architecture: String
  public var classes: Int
  /// In label order; nil where nobody named them.
  public var classNames: [String]?
  /// The numbers of classes of its heads, where it has several (`TaskHeads`); nil: all classes are one's.
  public var heads: [Int]?
  /// nil for text.
  public var image: ImageConfiguration?
  /// Text only.
  public var pooling: Pooling
  public var objective: Objective
  /// The architecture's own hyperparameters, an object; for one that Hugging Face knows, its `config.json`.
  public var settings: JSON
  /// What is added to the model, as PEFT's `adapter_config.json` says it; nil: nothing.
  public var adaptation: JSON?
  /// The layers whose outputs are features beside the model's own, with their widths (`FusedModel`); nil: none.
  public var fusion: JSON?
  /// How a masked language model's words classify (`Cloze`); nil: it has a classifier.
  public var cloze: JSON?

  public init(
    architecture: String, classes: Int, classNames: [String]? = nil,
    image: ImageConfiguration? = nil, pooling: Pooling = .cls,
    objective: Objective = .classification, settings: JSON = .object([]), heads: [Int]? = nil
  ) {
    self.architecture = architecture
    self.classes = classes
    self.classNames = classNames
    self.image = image
    self.pooling = pooling
    self.objective = objective
    self.settings = settings
    self.heads = heads
  }
}

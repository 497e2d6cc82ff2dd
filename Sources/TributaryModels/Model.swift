public import TributaryCore
public import TributaryNN
public import TributaryTensor

/// An architecture: which named tensors it has, and how an input becomes features and logits.
///
/// A model holds no tensor. The same value serves any number of parameter sets and threads.
public protocol Model: Sendable {
  /// The registry's name.
  var architecture: String { get }
  var configuration: ModelConfiguration { get }
  /// Every parameter and buffer, under its checkpoint name.
  var tensors: [TensorSpec] { get }
  /// The tensors of the classifier; the others are the backbone.
  var headTensorNames: Set<String> { get }
  /// Backbone tensors that a checkpoint may lack; they are initialised then.
  var optionalTensorNames: Set<String> { get }
  var featureCount: Int { get }
  /// Text only: the most tokens a text may have, special ones included; nil: as many as one likes.
  var maximumTokens: Int? { get }
  /// Text only: how many token ids there are.
  var vocabularySize: Int? { get }
  /// Graphs only: how many features a node has.
  var nodeFeatureCount: Int? { get }
  /// The layers whose outputs a pass can capture, called as in the reference implementation (`layer1.0`).
  var layerNames: [String] { get }
  /// Where the parts of its transformer's layers are; nil: it is no transformer, or one that no adapter knows.
  var transformer: TransformerShape? { get }
  /// What is added to it; nil: nothing.
  var adaptation: (any Adaptation)? { get }
  /// The model without what is added to it.
  var unadapted: any Model { get }

  /// What the backbone makes of a batch: `[batch, featureCount]`.
  ///
  /// - Throws: `model.input` where the input is of another kind or size, `model.tensor`.
  func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor
  /// What the classifier makes of features: `[batch, classes]`.
  func logits(features: Tensor, _ pass: Pass) throws -> Tensor
  /// This model's name for a tensor that a checkpoint calls `name`; nil: not needed.
  func modelName(forCheckpoint name: String) -> String?
  /// A checkpoint's tensor of another shape made to fit `spec`; nil where it cannot be.
  func adapted(_ tensor: HostTensor, to spec: TensorSpec) -> HostTensor?
}

extension Model {
  public var architecture: String { configuration.architecture }
  public var optionalTensorNames: Set<String> { [] }
  public var maximumTokens: Int? { nil }
  public var vocabularySize: Int? { nil }
  public var nodeFeatureCount: Int? { nil }
  public func adapted(_ tensor: HostTensor, to spec: TensorSpec) -> HostTensor? { nil }
  public var transformer: TransformerShape? { nil }
  public var adaptation: (any Adaptation)? { nil }
  public var unadapted: any Model { self }

  /// The whole way from input to `[batch, classes]`.
  public func logits(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    try logits(features: features(input, pass), pass)
  }

  /// The number of trainable values; buffers do not count.
  public var parameterCount: Int {
    tensors.reduce(0) { $0 + ($1.role == .parameter ? $1.shape.elementCount : 0) }
  }

  /// Fresh values for every tensor, each drawn under its own name.
  public func initialTensors(key: RandomKey) -> ParameterTree<HostTensor> {
    ParameterTree(tensors.map { ($0.name, $0.makeTensor(key: key)) })
  }

  public func modelName(forCheckpoint name: String) -> String? {
    name.hasSuffix(".num_batches_tracked") ? nil : CheckpointName.withoutWrapper(name)
  }

  /// The images of `input`, checked against the configuration.
  func images(_ input: ModelInput) throws -> Tensor {
    guard case .images(let x) = input else {
      throw TributaryError("model.input", "\(architecture) takes images, not text")
    }
    guard let image = configuration.image, x.shape.rank == 4, x.shape[1] == image.channels,
      x.shape[2] == image.height, x.shape[3] == image.width
    else {
      throw TributaryError(
        "model.input",
        "\(architecture) takes images \(configuration.image?.shape ?? []), not \(x.shape)")
    }
    return x
  }
}

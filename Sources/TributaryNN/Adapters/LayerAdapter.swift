public import TributaryTensor

/// What stands beside one layer of a frozen model, moves, and changes what the layer gives.
public protocol LayerAdapter: Sendable {
  /// Its own tensors, initialised so that the layer begins as it was.
  var tensors: [TensorSpec] { get }

  /// The adapted layer's result: x `[..., inputs]`, y `[..., outputs]`.
  func callAsFunction(_ x: Tensor, of layer: AdaptedLayer, _ pass: Pass) throws -> Tensor

  /// The kernel with which a convolution does what the adapted one does.
  func kernel(_ weight: Tensor, _ pass: Pass) throws -> Tensor

  /// The layer that does the same without the adapter; nil: there is none.
  ///
  /// - Parameter tensor: the adapter's, by name.
  func merged(
    into layer: AdaptedLayer, tensor: (String) throws -> Tensor
  ) throws -> AdaptedLayer?
}

extension LayerAdapter {
  public func kernel(_ weight: Tensor, _ pass: Pass) throws -> Tensor {
    preconditionFailure("this adapter stands beside no convolution")
  }
}

/// Everything that is added to a model while its own tensors rest, by where it stands.
public struct Adapters: Sendable {
  /// By the name of the matrix beside which each stands.
  public var layers: [String: any LayerAdapter]
  /// In front of the texts.
  public var prompt: SoftPrompt?
  /// In front of every layer's keys and values.
  public var prefix: KeyValuePrefix?

  public init(
    layers: [String: any LayerAdapter] = [:], prompt: SoftPrompt? = nil,
    prefix: KeyValuePrefix? = nil
  ) {
    self.layers = layers
    self.prompt = prompt
    self.prefix = prefix
  }
}

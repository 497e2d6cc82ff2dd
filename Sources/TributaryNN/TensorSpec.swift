public import TributaryCore

/// What a model says about one of its tensors: its checkpoint name, shape, role and initial values.
public struct TensorSpec: Sendable, Equatable {
  public enum Role: String, Sendable {
    /// Trained by gradient.
    case parameter
    /// Carried along, such as a batch norm's running mean.
    case buffer
  }

  public var name: String
  public var shape: Shape
  public var role: Role
  public var initializer: Initializer
  /// Whose matrix or kernel it is, where an adapter can stand beside that layer.
  public var layer: LayerKind?

  public init(
    _ name: String, _ shape: Shape, role: Role = .parameter, initializer: Initializer,
    layer: LayerKind? = nil
  ) {
    self.layer = layer
    self.name = name
    self.shape = shape
    self.role = role
    self.initializer = initializer
  }

  /// Initial values, drawn under `key.at(name)`, so that the order of tensors does not matter.
  public func makeTensor(key: RandomKey) -> HostTensor {
    initializer.makeTensor(shape: shape, key: key.at(name))
  }
}

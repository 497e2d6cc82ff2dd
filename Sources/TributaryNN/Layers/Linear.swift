internal import TributaryCore
public import TributaryTensor

/// `y = x Wᵀ + b`: x `[..., inputs]`, W `[outputs, inputs]`, b `[outputs]`, y `[..., outputs]`.
///
/// Initialised as torch: both uniform within 1/sqrt(inputs), unless told otherwise.
public struct Linear: Sendable {
  public let weight: String
  public let bias: String?
  public let tensors: [TensorSpec]

  /// - Parameter initializer: of the weight; where given, the bias begins at zero.
  public init(
    _ name: String, inputs: Int, outputs: Int, bias: Bool = true, initializer: Initializer? = nil
  ) {
    weight = "\(name).weight"
    self.bias = bias ? "\(name).bias" : nil
    let standard = Initializer.kaimingUniform(fanIn: inputs)
    var tensors = [
      TensorSpec(
        weight, [outputs, inputs], initializer: initializer ?? standard, layer: .linear)
    ]
    if let bias = self.bias {
      tensors.append(
        TensorSpec(bias, [outputs], initializer: initializer == nil ? standard : .zeros))
    }
    self.tensors = tensors
  }

  public func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let layer = AdaptedLayer(
      weight: try pass(weight), bias: try bias.map { try pass($0) }, kind: .linear)
    return try pass.adapter(of: weight)?.callAsFunction(x, of: layer, pass) ?? layer(x)
  }

  /// `relu(y)`, for a small batch in one pass; the pass may capture y as the layer `name`.
  public func relu(_ x: Tensor, capturing name: String? = nil, _ pass: Pass) throws -> Tensor {
    let isCaptured = name.map(pass.isCapturing) ?? false
    guard let bias, !isCaptured, pass.adapter(of: weight) == nil else {
      let y = try self(x, pass)
      if let name { pass.capture(name, y) }
      return y.relu()
    }
    return try linearRelu(x, weight: pass(weight), bias: pass(bias))
  }

  /// `gelu(y)`, in one pass over the memory.
  public func gelu(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    guard let bias, pass.adapter(of: weight) == nil else { return try self(x, pass).gelu() }
    return try linearGelu(x, weight: pass(weight), bias: pass(bias))
  }
}

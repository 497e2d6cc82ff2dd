internal import TributaryCore
public import TributaryTensor

/// Convolutions with their batch norms, one after the other: the inside of a residual block.
///
/// The same as the layers one by one. Where the activations are bounds, all of them run as one
/// `convolutionChain` or `conv2dNormChain`, which spares most of the memory and of the passes over it.
public struct ConvNormChain: Sendable {
  public let layers: [ConvNorm2D]

  public init(_ layers: [ConvNorm2D]) {
    precondition(!layers.isEmpty, "a chain has at least one layer")
    self.layers = layers
  }

  public var tensors: [TensorSpec] { layers.flatMap(\.tensors) }

  /// - Parameter residual: added in front of the last activation; of the result's shape.
  public func callAsFunction(
    _ x: Tensor, adding residual: Tensor? = nil, _ pass: Pass
  ) throws -> Tensor {
    if let y = try chained(x, adding: residual, pass) { return y }
    var y = x
    for layer in layers.dropLast() { y = try layer(y, pass) }
    return try layers[layers.count - 1](y, adding: residual, pass)
  }

  /// nil where something does not fit into a chain.
  private func chained(_ x: Tensor, adding residual: Tensor?, _ pass: Pass) throws -> Tensor? {
    let norms = layers.compactMap(\.norm)
    let trained = norms.filter { pass.isTrainable($0.weight) }.count
    guard layers.count > 1, norms.count == layers.count, trained == 0 || trained == norms.count,
      layers.allSatisfy({ $0.conv.isChainable })
    else { return nil }
    let clamps = layers.compactMap(\.activation.clamp)
    if trained == 0 {
      guard clamps.count == layers.count else { return nil }
      let links = try zip(convolutions(x, pass), zip(norms, clamps)).map {
        FoldedLink($0, norm: try $1.0.fixed(pass), clamp: $1.1)
      }
      return conv2dNormChain(x, links, adding: residual)
    }
    guard layers.dropLast().allSatisfy({ $0.activation.clamp != nil }) else { return nil }
    let between = try zip(norms, clamps).prefix(layers.count - 1).map {
      try $0.chained($1, pass)
    }
    let chain = try convolutions(x, pass)
    let (y, moments) = convolutionChain(
      x, chain[0], then: zip(between, chain.dropFirst()).map { (norm: $0, convolution: $1) })
    for (norm, moment) in zip(norms, moments) {
      try norm.update(moment.mean, moment.variance, count: moment.count, pass)
    }
    return try layers[layers.count - 1].finish(y, adding: residual, pass)
  }

  private func convolutions(_ x: Tensor, _ pass: Pass) throws -> [ChainedConvolution] {
    var extents = (height: x.shape[2], width: x.shape[3])
    return try layers.map { try $0.conv.chained(&extents, pass) }
  }
}

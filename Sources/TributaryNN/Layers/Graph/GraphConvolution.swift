internal import TributaryCore
public import TributaryTensor

/// Kipf & Welling's graph convolution (2017, arXiv:1609.02907): `y = Â x Wᵀ + b`, Â = D̃^-1/2 (A + I) D̃^-1/2.
///
/// x `[nodes, inputs]`, W `[outputs, inputs]`, b `[outputs]`, y `[nodes, outputs]`. Initialised as in the paper: W
/// uniform within sqrt(6 / (inputs + outputs)) (Glorot & Bengio 2010), b at 0.
public struct GraphConvolution: Sendable {
  public let weight: String
  public let bias: String
  public let tensors: [TensorSpec]

  public init(_ name: String, inputs: Int, outputs: Int) {
    weight = "\(name).weight"
    bias = "\(name).bias"
    tensors = [
      TensorSpec(
        weight, [outputs, inputs], initializer: .glorotUniform(inputs: inputs, outputs: outputs)),
      TensorSpec(bias, [outputs], initializer: .zeros),
    ]
  }

  public func callAsFunction(_ x: NodeValues, in graph: NodeGraph, _ pass: Pass) throws -> Tensor {
    sparseProduct(graph.symmetric, x.multiplied(by: try pass(weight))) + (try pass(bias))
  }
}

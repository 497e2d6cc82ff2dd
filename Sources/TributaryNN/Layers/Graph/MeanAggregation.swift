internal import TributaryCore
public import TributaryTensor

/// GraphSAGE's layer with the mean aggregator (Hamilton, Ying & Leskovec 2017, arXiv:1706.02216, algorithm 1 without
/// the normalisation of line 7): `y = W [x ; mean of the neighbours' x] + b`.
///
/// x `[nodes, inputs]`, W `[outputs, 2 inputs]`, b `[outputs]`, y `[nodes, outputs]`. Initialised as a graph
/// convolution.
public struct MeanAggregation: Sendable {
  public let weight: String
  public let bias: String
  public let tensors: [TensorSpec]
  private let inputs: Int

  public init(_ name: String, inputs: Int, outputs: Int) {
    self.inputs = inputs
    weight = "\(name).weight"
    bias = "\(name).bias"
    tensors = [
      TensorSpec(
        weight, [outputs, 2 * inputs],
        initializer: .glorotUniform(inputs: 2 * inputs, outputs: outputs)),
      TensorSpec(bias, [outputs], initializer: .zeros),
    ]
  }

  public func callAsFunction(_ x: NodeValues, in graph: NodeGraph, _ pass: Pass) throws -> Tensor {
    let weight = try pass(weight)
    let own = x.multiplied(by: weight.sliced(axis: 1, 0..<inputs))
    let others = x.multiplied(by: weight.sliced(axis: 1, inputs..<(2 * inputs)))
    return own + sparseProduct(graph.mean, others) + (try pass(bias))
  }
}

internal import CTributaryKernels
internal import TributaryCore

/// y = x W^T + b for x [..., in], W [out, in], b [out]; y [..., out].
public func linear(_ x: Tensor, weight: Tensor, bias: Tensor? = nil) -> Tensor {
  requireFit(x, weight, bias)
  let flat = x.rank == 2 ? x : x.reshaped([-1, weight.shape[1]])
  let y = projected(flat, weight, transposed: true, bias)
  guard x.rank != 2 else { return y }
  return y.reshaped(Shape(x.shape.dimensions.dropLast() + [weight.shape[0]]))
}

/// relu(x W^T + b), as `linear` and `relu` one after the other; for a small batch in one pass.
public func linearRelu(_ x: Tensor, weight: Tensor, bias: Tensor) -> Tensor {
  guard x.rank == 2, LinearProduct(x, weight, transposed: true).hasFewRows else {
    return linear(x, weight: weight, bias: bias).relu()
  }
  requireFit(x, weight, bias)
  return projected(x, weight, transposed: true, bias, relu: true)
}

func requireFit(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?) {
  require(
    weight.rank == 2 && x.rank >= 1 && x.shape[x.rank - 1] == weight.shape[1],
    "linear: \(x.shape) and weight \(weight.shape): inner dimensions differ")
  require(
    bias.map { $0.shape == [weight.shape[0]] } ?? true,
    "linear: bias \(bias?.shape ?? []) for weight \(weight.shape)")
}

/// x [m, k] times W^T (W [n, k], `transposed`) or W (W [k, n]), plus bias [n]; `relu` where x has few rows.
func projected(
  _ x: Tensor, _ weight: Tensor, transposed: Bool, _ bias: Tensor? = nil, relu: Bool = false
) -> Tensor {
  let input = relu ? x.detached.contiguous() : x.detached.forProduct()
  let matrix = weight.detached.contiguous()
  let product = LinearProduct(input, matrix, transposed: transposed)
  let result = Tensor(uninitialized: [product.m, product.n])
  product.run(
    input, matrix, bias?.detached.contiguous(), into: result.data, leading: product.n, relu: relu,
    isKept: weight.node == nil)
  let inputs = [x, weight] + (bias.map { [$0] } ?? [])
  return result.recorded(inputs) { gradient, call in
    let gradient = relu ? gradient.gated(by: result, tributary_relu_backward) : gradient
    return [
      call.needs[0] ? projected(gradient, weight, transposed: !transposed) : nil,
      call.needs[1]
        ? (transposed
          ? call.product(gradient, x, for: 1) : call.product(x, gradient, for: 1)) : nil,
      call.needs.count > 2 && call.needs[2] ? gradient.sum(axes: [0]) : nil,
    ]
  }
}

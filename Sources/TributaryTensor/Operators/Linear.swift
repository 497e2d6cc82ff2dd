internal import CTributaryKernels
internal import TributaryCore

/// y = x W^T + b for x [..., in], W [out, in], b [out]; y [..., out].
public func linear(_ x: Tensor, weight: Tensor, bias: Tensor? = nil) -> Tensor {
  require(
    weight.rank == 2 && x.rank >= 1 && x.shape[x.rank - 1] == weight.shape[1],
    "linear: \(x.shape) and weight \(weight.shape): inner dimensions differ")
  require(
    bias.map { $0.shape == [weight.shape[0]] } ?? true,
    "linear: bias \(bias?.shape ?? []) for weight \(weight.shape)")
  let flat = x.rank == 2 ? x : x.reshaped([-1, weight.shape[1]])
  let y = projected(flat, weight, transposed: true, bias)
  guard x.rank != 2 else { return y }
  return y.reshaped(Shape(x.shape.dimensions.dropLast() + [weight.shape[0]]))
}

/// x [m, k] times W^T (W [n, k], `transposed`) or W (W [k, n]), plus bias [n].
private func projected(
  _ x: Tensor, _ weight: Tensor, transposed: Bool, _ bias: Tensor? = nil
) -> Tensor {
  let input = x.detached.contiguous()
  let matrix = weight.detached.contiguous()
  let result = projectedValues(input, matrix, transposed, bias?.detached.contiguous())
  let inputs = [x, weight] + (bias.map { [$0] } ?? [])
  return result.recorded(inputs) { gradient, call in
    [
      call.needs[0] ? projected(gradient, weight, transposed: !transposed) : nil,
      call.needs[1]
        ? (transposed
          ? matmul(gradient, x, transposeA: true) : matmul(x, gradient, transposeA: true)) : nil,
      call.needs.count > 2 && call.needs[2] ? gradient.sum(axes: [0]) : nil,
    ]
  }
}

private func projectedValues(
  _ x: Tensor, _ weight: Tensor, _ transposed: Bool, _ bias: Tensor?
) -> Tensor {
  let (m, k) = (x.shape[0], x.shape[1])
  let n = weight.shape[transposed ? 0 : 1]
  let result = Tensor(uninitialized: [m, n])
  guard m > 0, n > 0 else { return result }
  if m >= 64, m * n * k >= 1 << 22 {
    let plan = MatrixPlan.cached(
      m: m, k: k, n: n, transposed: transposed, hasBias: bias != nil)
    plan.run(x, weight, bias, into: result)
    return result
  }
  product(
    MatrixOperand(data: x.data, isTransposed: false, leading: k),
    MatrixOperand(data: weight.data, isTransposed: transposed, leading: transposed ? k : n),
    rows: m, columns: n, depth: k, into: result.data, leading: n)
  if let bias {
    for row in 0..<m {
      tributary_add_in_place(bias.data, n, result.data + row * n)
    }
  }
  withExtendedLifetime((x, weight, bias)) {}
  return result
}

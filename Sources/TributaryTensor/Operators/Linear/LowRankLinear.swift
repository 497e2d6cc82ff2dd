internal import TributaryCore

/// x W^T + bias + scale (x A^T) B^T (Hu et al. 2021): x [..., in], W [out, in], A [rank, in], B [out, rank].
///
/// As three calls of `linear`, but the low-rank share is added to the result, and to the gradient of x, while it is
/// multiplied: no pass over memory of its own.
public func lowRankLinear(
  _ x: Tensor, weight: Tensor, bias: Tensor? = nil, a: Tensor, b: Tensor, scale: Float
) -> Tensor {
  requireFit(x, weight, bias)
  require(
    a.rank == 2 && b.rank == 2 && a.shape[1] == weight.shape[1] && b.shape[0] == weight.shape[0]
      && a.shape[0] == b.shape[1],
    "lowRankLinear: A \(a.shape) and B \(b.shape) beside weight \(weight.shape)")
  let flat = x.rank == 2 ? x : x.reshaped([-1, weight.shape[1]])
  let run = LowRankRun(flat, weight, a, b, scale)
  let inputs = [flat, weight, a, b] + (bias.map { [$0] } ?? [])
  let y = run.output(bias).recorded(inputs) { gradient, call in
    if isRecording {
      return differentiated(inputs, seed: gradient) {
        let inner = linear($0[0], weight: $0[2]) * scale
        return linear($0[0], weight: $0[1], bias: $0.count > 4 ? $0[4] : nil)
          + linear(inner, weight: $0[3])
      }
    }
    return run.gradients(gradient.contiguous(), call)
  }
  guard x.rank != 2 else { return y }
  return y.reshaped(Shape(x.shape.dimensions.dropLast() + [weight.shape[0]]))
}

private struct LowRankRun {
  private let (x, weight, a, b): (Tensor, Tensor, Tensor, Tensor)
  private let isWeightKept: Bool
  private let scale: Float
  private let (rows, inputs, outputs, rank): (Int, Int, Int, Int)
  /// scale x A^T [rows, rank].
  private let inner: Tensor

  init(_ x: Tensor, _ weight: Tensor, _ a: Tensor, _ b: Tensor, _ scale: Float) {
    self.x = x.detached.contiguous()
    self.weight = weight.detached.contiguous()
    self.a = a.detached.contiguous()
    self.b = b.detached.contiguous()
    self.scale = scale
    isWeightKept = weight.node == nil
    (rows, inputs, outputs, rank) = (x.shape[0], x.shape[1], weight.shape[0], a.shape[0])
    inner = Tensor(uninitialized: [rows, rank])
    multiply(
      plain(self.x), MatrixOperand(data: self.a.data, isTransposed: true, leading: inputs),
      rank, inputs, into: inner, scale: scale)
  }

  func output(_ bias: Tensor?) -> Tensor {
    let y = Tensor(uninitialized: [rows, outputs])
    LinearProduct(x, weight, transposed: true).run(
      x, weight, bias?.detached.contiguous(), into: y.data, leading: outputs,
      isKept: isWeightKept)
    multiply(
      plain(inner), MatrixOperand(data: b.data, isTransposed: true, leading: rank), outputs, rank,
      into: y, keep: 1)
    return y
  }

  /// Of x, W, A, B and the bias.
  func gradients(_ gradient: Tensor, _ call: BackwardCall) -> [Tensor?] {
    let slope = Tensor(uninitialized: [rows, rank])
    multiply(plain(gradient), plain(b), rank, outputs, into: slope, scale: scale)
    let needs = call.needs
    return [
      needs[0] ? inputGradient(gradient, slope) : nil,
      needs[1] ? call.product(gradient, x, for: 1) : nil,
      needs[2] ? call.product(slope, x, for: 2) : nil,
      needs[3] ? call.product(gradient, inner, for: 3) : nil,
      needs.count > 4 && needs[4] ? gradient.sum(axes: [0]) : nil,
    ]
  }

  private func inputGradient(_ gradient: Tensor, _ slope: Tensor) -> Tensor {
    let dx = Tensor(uninitialized: [rows, inputs])
    LinearProduct(gradient, weight, transposed: false).run(
      gradient, weight, into: dx.data, leading: inputs)
    multiply(plain(slope), plain(a), inputs, rank, into: dx, keep: 1)
    return dx
  }

  private func plain(_ matrix: Tensor) -> MatrixOperand {
    MatrixOperand(data: matrix.data, isTransposed: false, leading: matrix.shape[1])
  }

  private func multiply(
    _ left: MatrixOperand, _ right: MatrixOperand, _ columns: Int, _ depth: Int, into y: Tensor,
    scale: Float = 1, keep: Float = 0
  ) {
    guard rows > 0 else { return }
    // It adds to what other kernels wrote: no tape.
    ThreadContext.current.tape?.giveUp()
    product(
      left, right, rows: rows, columns: columns, depth: depth, into: y.data, leading: columns,
      scale: scale, keep: keep)
    withExtendedLifetime(self) {}
  }
}

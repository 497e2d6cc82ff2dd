internal import CTributaryKernels
public import TributaryCore

/// layerNorm(dropout(x) + residual) in one pass: the end of a transformer's block.
///
/// x and residual of one shape; `dropout` is a probability and needs `randomKey` where it is not 0.
public func layerNorm(
  _ x: Tensor, adding residual: Tensor, dropout: Float = 0, randomKey: RandomKey? = nil,
  weight: Tensor, bias: Tensor, epsilon: Float = 1e-5
) -> Tensor {
  require(
    x.rank >= 1 && x.shape == residual.shape && weight.shape == [x.shape[x.rank - 1]]
      && bias.shape == weight.shape,
    "layerNorm: \(x.shape) + \(residual.shape), weight \(weight.shape) and bias \(bias.shape)")
  require(dropout == 0 || randomKey != nil, "layerNorm: dropout needs a random key")
  let kept = randomKey.flatMap { dropout > 0 ? DropoutMask(dropout, $0, shape: x.shape) : nil }
  let run = ResidualNormRun(x, residual, kept, weight, bias, epsilon)
  return run.output.recorded(x, residual, weight, bias) { gradient, call in
    if isRecording {
      return differentiated([x, residual, weight, bias], seed: gradient) {
        let branch = kept.map($0[0].kept) ?? $0[0]
        return composedLayerNorm(branch + $0[1], $0[2], $0[3], epsilon)
      }
    }
    return run.gradients(gradient.contiguous(), call.needs)
  }
}

private struct ResidualNormRun {
  let output: Tensor
  private let sum: Tensor
  private let kept: DropoutMask?
  private let weight: Tensor
  private let (means, inverses): (Tensor, Tensor)
  private let (rows, count): (Int, Int)

  init(
    _ x: Tensor, _ residual: Tensor, _ kept: DropoutMask?, _ weight: Tensor, _ bias: Tensor,
    _ epsilon: Float
  ) {
    let (branch, trunk) = (x.detached.contiguous(), residual.detached.contiguous())
    let shift = bias.detached.contiguous()
    self.kept = kept
    self.weight = weight.detached.contiguous()
    count = weight.count
    rows = x.count / max(1, count)
    output = Tensor(uninitialized: x.shape)
    sum = Tensor(uninitialized: x.shape)
    means = Tensor(uninitialized: [rows])
    inverses = Tensor(uninitialized: [rows])
    let (a, r, w, b) = (branch.data, trunk.data, self.weight.data, shift.data)
    let (s, y, m, i) = (sum.data, output.data, means.data, inverses.data)
    let count = count
    parallel(rows, grain: max(1, elementGrain / max(1, count))) { range in
      let (row, at) = (range.lowerBound, range.lowerBound * count)
      tributary_residual_norm(
        a + at, kept.map { $0.bytes + at }, kept?.scale ?? 1, r + at, w, b, range.count, count,
        epsilon, s + at, y + at, m + row, i + row)
    }
    withExtendedLifetime((branch, trunk, shift, kept)) {}
  }

  func gradients(_ gradient: Tensor, _ needs: [Bool]) -> [Tensor?] {
    let trunk = Tensor(uninitialized: gradient.shape)
    let branch = kept == nil ? trunk : Tensor(uninitialized: gradient.shape)
    let wanted = needs[2] || needs[3]
    // Each range of rows sums into a row of its own; the rows are added at the end.
    let pieces = max(1, min(ComputeThreads.count, rows))
    let partial = Tensor.zeros(wanted ? [2, pieces, count] : [0])
    let (g, s, w) = (gradient.data, sum.data, weight.data)
    let (m, i, p) = (means.data, inverses.data, partial.data)
    let (dx, dResidual) = (branch.data, trunk.data)
    parallel(pieces, grain: rows * count < elementGrain ? pieces : 1) { range in
      for piece in range {
        let first = rows * piece / pieces
        let last = rows * (piece + 1) / pieces
        let at = first * count
        tributary_residual_norm_backward(
          g + at, s + at, kept.map { $0.bytes + at }, kept?.scale ?? 1, w, m + first, i + first,
          last - first, count, dx + at, dResidual + at, wanted ? p + piece * count : nil,
          wanted ? p + (pieces + piece) * count : nil)
      }
    }
    withExtendedLifetime((self, gradient)) {}
    guard wanted else { return [branch, trunk, nil, nil] }
    let totals = partial.sum(axes: [1])
    return [
      branch, trunk, totals.sliced(axis: 0, 0..<1).reshaped([count]),
      totals.sliced(axis: 0, 1..<2).reshaped([count]),
    ]
  }
}

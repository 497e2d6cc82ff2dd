internal import CTributaryKernels
internal import TributaryCore

/// gelu(x W^T + b), as `linear` and `gelu` one after the other: the derivative is computed beside the value,
/// with the same exponential, and is all that is kept.
public func linearGelu(_ x: Tensor, weight: Tensor, bias: Tensor) -> Tensor {
  requireFit(x, weight, bias)
  let flat = x.rank == 2 ? x : x.reshaped([-1, weight.shape[1]])
  let run = LinearGeluRun(flat, weight, bias)
  let y = run.output.recorded(flat, weight, bias) { gradient, call in
    if isRecording {
      return differentiated([flat, weight, bias], seed: gradient) {
        linear($0[0], weight: $0[1], bias: $0[2]).gelu()
      }
    }
    return run.gradients(gradient, flat, weight, call.needs)
  }
  guard x.rank != 2 else { return y }
  return y.reshaped(Shape(x.shape.dimensions.dropLast() + [weight.shape[0]]))
}

private struct LinearGeluRun {
  let output: Tensor
  /// The derivative at x W^T + b, in the output's layout.
  private let slope: Tensor?
  private let (rows, columns, stride): (Int, Int, Int)

  init(_ x: Tensor, _ weight: Tensor, _ bias: Tensor) {
    let input = x.detached.forProduct()
    let matrix = weight.detached.contiguous()
    let shift = bias.detached.contiguous()
    let product = LinearProduct(input, matrix, transposed: true)
    (rows, columns, stride) = (product.m, product.n, spreadRow(product.n))
    output = Tensor(rows: rows, columns, stride: stride)
    slope = isTracked(x, weight, bias) ? Tensor(rows: rows, columns, stride: stride) : nil
    let (y, b, d, stride) = (output.data, shift.data, slope?.data, stride)
    product.run(input, matrix, into: y, leading: stride, isKept: weight.node == nil) {
      rows, columns in
      let at = rows.lowerBound * stride + columns.lowerBound
      tributary_bias_gelu(
        y + at, b + columns.lowerBound, rows.count, columns.count, stride, d.map { $0 + at })
    }
    withExtendedLifetime(shift) {}
  }

  func gradients(
    _ gradient: Tensor, _ x: Tensor, _ weight: Tensor, _ needs: [Bool]
  ) -> [Tensor?] {
    let (inner, sums) = innerGradient(gradient)
    return [
      needs[0] ? projected(inner, weight.detached, transposed: false) : nil,
      needs[1] ? weightGradient(inner, x.detached) : nil,
      needs[2] ? sums.sum(axes: [0]) : nil,
    ]
  }

  /// The gradient of x W^T + b, and its column sums in pieces.
  private func innerGradient(_ gradient: Tensor) -> (Tensor, Tensor) {
    guard let slope else { refuse("linearGelu: no slope was kept") }
    let upstream = gradient.rowStride == nil ? gradient.contiguous() : gradient
    let inner = Tensor(rows: rows, columns, stride: stride)
    let pieces = max(1, min(ComputeThreads.count, rows))
    let sums = Tensor.zeros([pieces, columns])
    let (g, d, target, s) = (upstream.data, slope.data, inner.data, sums.data)
    let distance = upstream.rowStride ?? columns
    parallel(pieces, grain: rows * columns < elementGrain ? pieces : 1) { range in
      for piece in range {
        let first = rows * piece / pieces
        let count = rows * (piece + 1) / pieces - first
        tributary_bias_gelu_backward(
          g + first * distance, distance, d + first * stride, count, columns, stride,
          target + first * stride, s + piece * columns)
      }
    }
    withExtendedLifetime((upstream, slope)) {}
    return (inner, sums)
  }
}

extension Tensor {
  /// An uninitialised matrix whose rows are `stride` apart.
  init(rows: Int, _ columns: Int, stride: Int) {
    self.init(
      shape: [rows, columns], storage: Storage(byteCount: Swift.max(1, 4 * rows * stride)),
      layout: stride == columns ? .rowMajor : .strided([stride, 1]))
  }
}

internal import CTributaryKernels
internal import TributaryCore

/// exp(x) / sum(exp(x)) over the last axis.
public func softmax(_ x: Tensor) -> Tensor {
  let output = overRows(x.detached, nil) { input, _, rows, count, result in
    tributary_softmax(input, rows, count, result)
  }
  return output.recorded(x) { gradient, call in
    if !isRecording { return [overRows(gradient, output, tributaryBackward)] }
    let y = call.attached(output)
    let weighted = gradient * y
    return [weighted - y * weighted.sum(axes: [x.rank - 1], keepingDimensions: true)]
  }
}

/// log(softmax(x)) over the last axis.
public func logSoftmax(_ x: Tensor) -> Tensor {
  let output = overRows(x.detached, nil) { input, _, rows, count, result in
    tributary_log_softmax(input, rows, count, result)
  }
  return output.recorded(x) { gradient, call in
    if !isRecording {
      return [
        overRows(gradient, output) { g, y, rows, count, result in
          tributary_log_softmax_backward(g, y, rows, count, result)
        }
      ]
    }
    let total = gradient.sum(axes: [x.rank - 1], keepingDimensions: true)
    return [gradient - call.attached(output).exp() * total]
  }
}

private func tributaryBackward(
  _ g: UnsafePointer<Float>, _ y: UnsafePointer<Float>?, _ rows: Int, _ count: Int,
  _ result: UnsafeMutablePointer<Float>
) { tributary_softmax_backward(g, y, rows, count, result) }

private func overRows(
  _ x: Tensor, _ y: Tensor?,
  _ kernel: (
    UnsafePointer<Float>, UnsafePointer<Float>?, Int, Int, UnsafeMutablePointer<Float>
  ) -> Void
) -> Tensor {
  require(x.rank >= 1 && x.count > 0, "softmax: shape \(x.shape)")
  let input = x.contiguous()
  let output = Tensor(uninitialized: x.shape)
  let count = x.shape[x.rank - 1]
  let (source, other, target) = (input.data, y?.data, output.data)
  parallel(x.count / count, grain: max(1, mathGrain / count)) {
    let at = $0.lowerBound * count
    kernel(source + at, other.map { UnsafePointer($0 + at) }, $0.count, count, target + at)
  }
  withExtendedLifetime((input, y)) {}
  return output
}

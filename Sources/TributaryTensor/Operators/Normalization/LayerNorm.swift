internal import CTributaryKernels
internal import TributaryCore

/// Layer normalisation (Ba et al. 2016) over the last axis:
/// y = (x - mean) / sqrt(variance + epsilon) * weight + bias, weight and bias [last extent].
public func layerNorm(
  _ x: Tensor, weight: Tensor, bias: Tensor, epsilon: Float = 1e-5
) -> Tensor {
  require(
    x.rank >= 1 && weight.shape == [x.shape[x.rank - 1]] && bias.shape == weight.shape,
    "layerNorm: \(x.shape) with weight \(weight.shape) and bias \(bias.shape)")
  let input = x.detached.contiguous()
  let scale = weight.detached.contiguous()
  let (output, means, inverses) = normalizedRows(input, scale, bias.detached, epsilon)
  return output.recorded(x, weight, bias) { gradient, call in
    if isRecording {
      return differentiated([x, weight, bias], seed: gradient) {
        composedLayerNorm($0[0], $0[1], $0[2], epsilon)
      }
    }
    return rowGradients(gradient.contiguous(), input, scale, means, inverses, call.needs)
  }
}

func composedLayerNorm(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ epsilon: Float
) -> Tensor {
  let last = [x.rank - 1]
  let centred = x - x.mean(axes: last, keepingDimensions: true)
  let variance = centred.squared().mean(axes: last, keepingDimensions: true)
  return centred * (variance + epsilon).reciprocalSquareRoot() * weight + bias
}

private func normalizedRows(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ epsilon: Float
) -> (Tensor, Tensor, Tensor) {
  let count = x.shape[x.rank - 1]
  let rows = x.count / max(1, count)
  let output = Tensor(uninitialized: x.shape)
  let means = Tensor(uninitialized: [rows])
  let inverses = Tensor(uninitialized: [rows])
  let shift = bias.contiguous()
  let (source, w, b, y) = (x.data, weight.data, shift.data, output.data)
  let (m, i) = (means.data, inverses.data)
  parallel(rows, grain: max(1, elementGrain / max(1, count))) { range in
    let at = range.lowerBound * count
    tributary_layer_norm(
      source + at, w, b, range.count, count, epsilon, y + at, m + range.lowerBound,
      i + range.lowerBound)
  }
  withExtendedLifetime((x, weight, shift)) {}
  return (output, means, inverses)
}

private func rowGradients(
  _ gradient: Tensor, _ x: Tensor, _ weight: Tensor, _ means: Tensor, _ inverses: Tensor,
  _ needs: [Bool]
) -> [Tensor?] {
  let count = weight.count
  let rows = x.count / max(1, count)
  let dx = needs[0] ? Tensor(uninitialized: x.shape) : nil
  let wanted = needs[1] || needs[2]
  // Each range of rows sums into a row of its own; the rows are added at the end.
  let pieces = max(1, min(ComputeThreads.count, rows))
  let partial = Tensor.zeros(wanted ? [2, pieces, count] : [0])
  let (g, source, w, m, i) = (gradient.data, x.data, weight.data, means.data, inverses.data)
  let (target, sums) = (dx?.data, partial.data)
  parallel(pieces, grain: rows * count < elementGrain ? pieces : 1) { range in
    for piece in range {
      let first = rows * piece / pieces
      let last = rows * (piece + 1) / pieces
      tributary_layer_norm_backward(
        g + first * count, source + first * count, w, m + first, i + first, last - first, count,
        target.map { $0 + first * count }, wanted ? sums + piece * count : nil,
        wanted ? sums + (pieces + piece) * count : nil)
    }
  }
  withExtendedLifetime((gradient, x, weight, means, inverses)) {}
  guard wanted else { return [dx, nil, nil] }
  let totals = partial.sum(axes: [1])
  return [
    dx, totals.sliced(axis: 0, 0..<1).reshaped([count]),
    totals.sliced(axis: 0, 1..<2).reshaped([count]),
  ]
}

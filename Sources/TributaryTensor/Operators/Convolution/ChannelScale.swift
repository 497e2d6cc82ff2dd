internal import CTributaryKernels
internal import TributaryCore

/// x [B, C, ...] times scale [C] plus shift [C], in x's own layout; with `relu` the positive part.
func scaledChannels(
  _ x: Tensor, scale: Tensor, shift: Tensor?, relu: Bool = false
) -> Tensor {
  let output = scaledValues(x.detached.dense(), scale.detached, shift?.detached, relu)
  let inputs = [x, scale] + (shift.map { [$0] } ?? [])
  return output.recorded(inputs) { incoming, call in
    let gradient = relu ? incoming.gated(by: output, tributary_relu_backward) : incoming
    let axes = x.shape.indices.filter { $0 != 1 }
    return [
      call.needs[0] ? scaledChannels(gradient, scale: scale, shift: nil) : nil,
      call.needs[1] ? (gradient * x).sum(axes: axes) : nil,
      call.needs.count > 2 && call.needs[2] ? gradient.sum(axes: axes) : nil,
    ]
  }
}

private func scaledValues(
  _ x: Tensor, _ scale: Tensor, _ shift: Tensor?, _ relu: Bool
) -> Tensor {
  var block = 1
  if case .blocked(let size) = x.layout { block = size }
  let channels = roundedUp(x.shape[1], to: block)
  // Padded channels get scale and shift 0, so they stay 0.
  let after = channels - x.shape[1]
  let factors = scale.contiguous().padded(axis: 0, before: 0, after: after)
  let summands = shift?.contiguous().padded(axis: 0, before: 0, after: after) ?? .zeros([channels])
  let output = Tensor(uninitialized: x.shape, layout: x.layout)
  let groups = x.shape[0] * channels / block
  guard groups > 0 else { return output }
  let area = x.storedCount / (groups * block)
  let (source, s, t, target) = (x.data, factors.data, summands.data, output.data)
  parallel(groups, grain: max(1, elementGrain / max(1, area * block))) {
    tributary_scale_channels(
      source, s, t, $0.lowerBound, $0.upperBound, channels / block, area, block, relu ? 1 : 0,
      target)
  }
  withExtendedLifetime((x, factors, summands)) {}
  return output
}

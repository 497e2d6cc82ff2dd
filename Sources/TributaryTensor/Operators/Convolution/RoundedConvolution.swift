internal import TributaryCore

/// Convolutions of factors rounded to bfloat16, summed in float32. What is kept for the gradients is the rounded
/// input, half as large.
extension ConvolutionGeometry {
  /// Whether this thread should compute it so: by shape and kind of CPU.
  ///
  /// Where bfloat16 has twice the rate of float32, oneDNN's direct convolution in it is no faster than float32
  /// Winograd with up to 256 channels (1.7 to 3 times as fast as direct float32), and there is nothing to round.
  /// AMX, with eight times the rate, serves all.
  var roundsFactors: Bool {
    guard ThreadContext.current.precision == .bfloat16, ComputePrecision.bfloat16IsFaster,
      groups == 1, weights.elementCount >= 1 << 10,
      output.elementCount * (weights.elementCount / outChannels) >= 1 << 22
    else { return false }
    return ComputePrecision.hasTileProducts || inChannels * outChannels > 256 * 256
      || WinogradConvolution(self, .forward) == nil
  }
}

/// conv2d in bfloat16, with its first-order gradients in it, too; further ones are float32's at the rounded input.
func roundedConvolution(
  _ geometry: ConvolutionGeometry, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?
) -> Tensor {
  let plan = ConvolutionPlan.cached(
    geometry, .forward, after: Epilogue(hasBias: bias != nil), precision: .bfloat16)
  let input = RoundedTensor(x, layout: plan.input)
  let output = Tensor(uninitialized: geometry.output, layout: plan.output)
  plan.forward(input, weight, bias?.contiguous(), into: output)
  return output.recorded([x, weight] + (bias.map { [$0] } ?? [])) { gradient, call in
    if isRecording {
      return convolutionGradients(geometry, input.tensor, weight, gradient, call.needs)
    }
    return roundedGradients(geometry, input, weight, gradient, call.needs)
  }
}

/// Of input, weight and bias (where there is one), as `needs` says.
private func roundedGradients(
  _ geometry: ConvolutionGeometry, _ input: RoundedTensor, _ weight: Tensor, _ gradient: Tensor,
  _ needs: [Bool]
) -> [Tensor?] {
  let hasBias = needs.count > 2 && needs[2]
  let upstream = RoundedTensor(gradient, layout: .blocked(OneDNN.channelBlock))
  var results = [Tensor?](repeating: nil, count: needs.count)
  if needs[0] {
    let plan = ConvolutionPlan.cached(geometry, .data, precision: .bfloat16)
    let dx = Tensor(uninitialized: geometry.input, layout: plan.input)
    plan.backwardData(upstream.converted(to: plan.output), weight, into: dx)
    results[0] = dx
  }
  if needs[1] {
    let plan = ConvolutionPlan.cached(
      geometry, .weights, after: Epilogue(hasBias: hasBias), precision: .bfloat16)
    let dw = Tensor(uninitialized: geometry.weights)
    let db = hasBias ? Tensor(uninitialized: [geometry.outChannels]) : nil
    plan.backwardWeights(
      input.converted(to: plan.input),
      upstream.converted(to: plan.output), into: dw, bias: db)
    results[1] = dw
    if hasBias { results[2] = db }
  } else if hasBias {
    results[2] = gradient.sum(axes: [0, 2, 3])
  }
  return results
}

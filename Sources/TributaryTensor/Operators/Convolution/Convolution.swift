internal import TributaryCore

/// Cross-correlation of x [B, C, H, W] with weight [O, C / groups, kh, kw], plus bias [O]:
/// out extent = (extent + 2 padding - dilation (kernel - 1) - 1) / stride + 1, as torch's.
public func conv2d(
  _ x: Tensor, weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0,
  dilation: Int = 1, groups: Int = 1
) -> Tensor {
  conv2d(
    x, weight: weight, bias: bias, stride: (stride, stride), padding: (padding, padding),
    dilation: (dilation, dilation), groups: groups)
}

/// The same with (vertical, horizontal) strides, paddings and dilations.
///
/// - Parameter farPadding: at the bottom and at the right; nil: as at the top and at the left.
public func conv2d(
  _ x: Tensor, weight: Tensor, bias: Tensor? = nil, stride: (Int, Int), padding: (Int, Int),
  farPadding: (Int, Int)? = nil, dilation: (Int, Int) = (1, 1), groups: Int = 1
) -> Tensor {
  let geometry = convolutionGeometry(
    x.shape, weight, bias, stride: stride, padding: padding, farPadding: farPadding ?? padding,
    dilation: dilation, groups: groups)
  return convolution(geometry, x, weight, bias)
}

/// Checked: the shapes fit.
func convolutionGeometry(
  _ x: Shape, _ weight: Tensor, _ bias: Tensor?, stride: (Int, Int), padding: (Int, Int),
  farPadding: (Int, Int), dilation: (Int, Int), groups: Int
) -> ConvolutionGeometry {
  require(
    x.rank == 4 && weight.rank == 4 && groups > 0 && x[1] == weight.shape[1] * groups
      && weight.shape[0] % groups == 0,
    "conv2d: \(x) and weight \(weight.shape) in \(groups) groups: channels differ")
  require(
    bias.map { $0.shape == [weight.shape[0]] } ?? true,
    "conv2d: bias \(bias?.shape ?? []) for weight \(weight.shape)")
  let geometry = ConvolutionGeometry(
    batch: x[0], inChannels: x[1], height: x[2], width: x[3],
    outChannels: weight.shape[0], kernel: [weight.shape[2], weight.shape[3]],
    stride: [stride.0, stride.1], padding: [padding.0, padding.1],
    farPadding: [farPadding.0, farPadding.1],
    dilation: [dilation.0, dilation.1], groups: groups)
  require(
    geometry.outHeight > 0 && geometry.outWidth > 0,
    "conv2d: kernel \(geometry.kernel) is larger than the padded input \(x)")
  return geometry
}

private func convolution(
  _ geometry: ConvolutionGeometry, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?
) -> Tensor {
  if geometry.roundsFactors { return roundedConvolution(geometry, x, weight, bias) }
  let (input, output) = convolved(geometry, x, weight, bias)
  return output.recorded([input, weight] + (bias.map { [$0] } ?? [])) { gradient, call in
    convolutionGradients(geometry, input, weight, gradient, call.needs)
  }
}

/// Of input, weight and bias (where there is one), as `needs` says.
func convolutionGradients(
  _ geometry: ConvolutionGeometry, _ input: Tensor, _ weight: Tensor, _ gradient: Tensor,
  _ needs: [Bool]
) -> [Tensor?] {
  let biasNeeded = needs.count > 2 && needs[2]
  let (dw, db) =
    needs[1]
    ? convolutionWeightGradient(geometry, input, gradient, bias: biasNeeded)
    : (nil, biasNeeded ? gradient.sum(axes: [0, 2, 3]) : nil)
  return [needs[0] ? convolutionDataGradient(geometry, gradient, weight) : nil, dw]
    + (needs.count > 2 ? [db] : [])
}

/// The input as the convolution took it, and the output; without history.
private func convolved(
  _ geometry: ConvolutionGeometry, _ x: Tensor, _ weight: Tensor, _ bias: Tensor?
) -> (input: Tensor, output: Tensor) {
  if let winograd = WinogradConvolution(geometry, .forward) {
    let input = x.converted(to: winograd.layout)
    let output = Tensor(uninitialized: geometry.output, layout: winograd.layout)
    winograd.run(
      input, winograd.filters(weight), bias: bias?.detached.paddedChannels(to: OneDNN.channelBlock),
      into: output)
    return (input, output)
  }
  let plan = ConvolutionPlan.cached(geometry, .forward, after: Epilogue(hasBias: bias != nil))
  let input = x.converted(to: plan.input)
  let output = Tensor(uninitialized: geometry.output, layout: plan.output)
  plan.forward(input, weight, bias?.contiguous(), into: output)
  return (input, output)
}

/// The input's gradient, from the output's and the weights: bilinear, so its derivatives are a
/// convolution and a weight gradient again.
private func convolutionDataGradient(
  _ geometry: ConvolutionGeometry, _ gradient: Tensor, _ weight: Tensor
) -> Tensor {
  let upstream: Tensor
  let result: Tensor
  if let winograd = WinogradConvolution(geometry, .data) {
    upstream = gradient.converted(to: winograd.layout)
    result = Tensor(uninitialized: geometry.input, layout: winograd.layout)
    winograd.run(upstream, winograd.filters(weight), into: result)
  } else {
    let plan = ConvolutionPlan.cached(geometry, .data)
    upstream = gradient.converted(to: plan.output)
    result = Tensor(uninitialized: geometry.input, layout: plan.input)
    plan.backwardData(upstream, weight, into: result)
  }
  return result.recorded(upstream, weight) { seed, call in
    [
      call.needs[0] ? convolution(geometry, seed, weight, nil) : nil,
      call.needs[1]
        ? convolutionWeightGradient(geometry, seed, upstream, bias: false).weights : nil,
    ]
  }
}

/// The weights' gradient (and the bias'), from the input and the output's gradient.
private func convolutionWeightGradient(
  _ geometry: ConvolutionGeometry, _ x: Tensor, _ gradient: Tensor, bias: Bool
) -> (weights: Tensor, bias: Tensor?) {
  let dw = Tensor(uninitialized: geometry.weights)
  let input: Tensor
  let upstream: Tensor
  var db: Tensor?
  if let winograd = WinogradConvolution(geometry, .weights) {
    input = x.converted(to: winograd.layout)
    upstream = gradient.converted(to: winograd.layout)
    winograd.weightGradient(input, upstream, into: dw)
  } else if geometry.kernel == [5, 5], let channels = ChannelConvolution(geometry) {
    // oneDNN 2.6 has only its reference for 5x5 depthwise: thousands of times slower.
    input = x.converted(to: channels.layout)
    upstream = gradient.converted(to: channels.layout)
    channels.backward(input, turned: nil, .init(gradient: upstream), dx: nil, dw: dw)
  } else {
    let together = bias && !isRecording
    let plan = ConvolutionPlan.cached(geometry, .weights, after: Epilogue(hasBias: together))
    input = x.converted(to: plan.input)
    upstream = gradient.converted(to: plan.output)
    db = together ? Tensor(uninitialized: [geometry.outChannels]) : nil
    plan.backwardWeights(input, upstream, into: dw, bias: db)
  }
  let result = dw.recorded(input, upstream) { seed, call in
    [
      call.needs[0] ? convolutionDataGradient(geometry, upstream, seed) : nil,
      call.needs[1] ? convolution(geometry, input, seed, nil) : nil,
    ]
  }
  return (result, db ?? (bias ? gradient.sum(axes: [0, 2, 3]) : nil))
}

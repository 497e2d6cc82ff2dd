internal import TributaryCore

/// A frozen convolution of a chain with its norm and the bounds of its result.
public struct FoldedLink: Sendable {
  let convolution: ChainedConvolution
  let norm: FixedNorm
  let clamp: Clamp

  public init(_ convolution: ChainedConvolution, norm: FixedNorm, clamp: Clamp = .none) {
    self.convolution = convolution
    self.norm = norm
    self.clamp = clamp
  }
}

/// `conv2dNorm` of all `links` one after the other, the frozen inside of a residual block. Where no gradient
/// is asked for, a depthwise convolution between pointwise ones is computed with them tile by tile, so that
/// the tensors between them need no memory.
///
/// - Parameter residual: added in front of the last link's bounds; of the result's shape.
public func conv2dNormChain(
  _ x: Tensor, _ links: [FoldedLink], adding residual: Tensor? = nil
) -> Tensor {
  let tensors =
    [x] + links.flatMap { [$0.convolution.weight] + $0.norm.tensors }
    + (residual.map { [$0] } ?? [])
  let isTracked = isRecording && tensors.contains(where: \.requiresGradient)
  if !isTracked, let y = fused(x, links, residual) { return y }
  var y = x
  for (index, link) in links.enumerated() {
    let convolution = link.convolution
    y = conv2dNorm(
      y, weight: convolution.weight, norm: link.norm,
      adding: index == links.count - 1 ? residual : nil, clamp: link.clamp,
      stride: convolution.stride, padding: convolution.padding, farPadding: convolution.farPadding,
      groups: convolution.groups)
  }
  return y
}

/// nil where there is no kernel for the whole chain.
private func fused(_ x: Tensor, _ links: [FoldedLink], _ residual: Tensor?) -> Tensor? {
  guard let convolutions = ChainedConvolution.plan(x.shape, links.map(\.convolution)),
    let last = convolutions.last, let bottleneck = Bottleneck(convolutions)
  else { return nil }
  require(
    residual.map { $0.shape == last.geometry.output } ?? true,
    "conv2dNormChain: residual \(residual?.shape ?? []) for output \(last.geometry.output)")
  let parts = zip(links, convolutions).map { link, convolution in
    let weight = link.convolution.weight.detached
    let folded = FoldedWeights.of(weight, link.norm)
    let filters = folded.filters(.channels, of: weight) { convolution.filters($0) }
    return Bottleneck.Part(filters: filters, bias: folded.paddedBias, clamp: link.clamp)
  }
  let output = Tensor(uninitialized: last.geometry.output, layout: last.layout)
  bottleneck.run(
    x.detached.converted(to: last.layout), parts,
    adding: residual?.detached.converted(to: last.layout), into: output)
  return output
}

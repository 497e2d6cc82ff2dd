internal import TributaryCore

/// One convolution of a chain, without bias; see `convolutionChain`.
public struct ChainedConvolution: Sendable {
  let weight: Tensor
  let stride: (Int, Int)
  let padding: (Int, Int)
  let farPadding: (Int, Int)
  let groups: Int

  public init(
    weight: Tensor, stride: (Int, Int) = (1, 1), padding: (Int, Int) = (0, 0),
    farPadding: (Int, Int)? = nil, groups: Int = 1
  ) {
    self.weight = weight
    self.stride = stride
    self.padding = padding
    self.farPadding = farPadding ?? padding
    self.groups = groups
  }

  fileprivate func geometry(of x: Shape) -> ConvolutionGeometry {
    convolutionGeometry(
      x, weight, nil, stride: stride, padding: padding, farPadding: farPadding,
      dilation: (1, 1), groups: groups)
  }

  /// The kernels for a chain on x of `shape`; nil where one of them needs another.
  static func plan(_ shape: Shape, _ chain: [ChainedConvolution]) -> [ChannelConvolution]? {
    var shape = shape
    var result: [ChannelConvolution] = []
    for link in chain {
      let geometry = link.geometry(of: shape)
      guard let convolution = ChannelConvolution(geometry) else { return nil }
      result.append(convolution)
      shape = geometry.output
    }
    return result
  }

  fileprivate func callAsFunction(_ x: Tensor, weight: Tensor? = nil) -> Tensor {
    conv2d(
      x, weight: weight ?? self.weight, stride: stride, padding: padding, farPadding: farPadding,
      groups: groups)
  }
}

/// A batch norm in training between two convolutions, and the bounds of its result.
public struct ChainedNorm: Sendable {
  let weight: Tensor
  let bias: Tensor
  let epsilon: Float
  let clamp: Clamp

  public init(weight: Tensor, bias: Tensor, epsilon: Float = 1e-5, clamp: Clamp = .none) {
    self.weight = weight
    self.bias = bias
    self.epsilon = epsilon
    self.clamp = clamp
  }
}

/// Mean and biased variance `[C]` of a batch, of `count` values a channel.
public struct BatchMoments: Sendable {
  public let mean: Tensor
  public let variance: Tensor
  public let count: Int
}

/// conv(clamp(norm( ... clamp(norm(conv(x))) ... ))): the inside of a residual block in training. Equal to
/// `conv2d` and `batchNorm` one after the other; where all convolutions are pointwise or depthwise, the norms'
/// results are never written to memory, neither on the way forward nor for the gradient.
///
/// - Returns: the last convolution's output, and the moments of each norm's batch, without history.
public func convolutionChain(
  _ x: Tensor, _ first: ChainedConvolution,
  then links: [(norm: ChainedNorm, convolution: ChainedConvolution)]
) -> (output: Tensor, moments: [BatchMoments]) {
  guard let (run, output) = ConvolutionChainRun.forward(x, first, links) else {
    return oneByOne(x, first, links)
  }
  let inputs =
    [x, first.weight]
    + links.flatMap { [$0.norm.weight, $0.norm.bias, $0.convolution.weight] }
  let result = output.recorded(inputs) { gradient, call in
    guard isRecording else { return run.backward(gradient.detached, call.needs) }
    return differentiated(inputs, seed: gradient) { inputs in
      var y = first(inputs[0], weight: inputs[1])
      for (index, link) in links.enumerated() {
        let own = inputs[(2 + 3 * index)...]
        let normal = composedBatchNorm(
          y, own[own.startIndex], own[own.startIndex + 1], link.norm.epsilon)
        y = link.convolution(link.norm.clamp(normal), weight: own[own.startIndex + 2])
      }
      return y
    }
  }
  return (result, run.norms.map(\.moments))
}

private func oneByOne(
  _ x: Tensor, _ first: ChainedConvolution,
  _ links: [(norm: ChainedNorm, convolution: ChainedConvolution)]
) -> (output: Tensor, moments: [BatchMoments]) {
  var y = first(x)
  var moments: [BatchMoments] = []
  for (norm, convolution) in links {
    let (normal, mean, variance) = batchNorm(
      y, weight: norm.weight, bias: norm.bias, epsilon: norm.epsilon, clamp: norm.clamp)
    moments.append(
      BatchMoments(mean: mean, variance: variance, count: y.count / y.shape[1]))
    y = convolution(normal)
  }
  return (y, moments)
}

/// A chain by the kernels of `ChannelConvolution`: what forward leaves for backward.
private struct ConvolutionChainRun {
  let norms: [NormTable]
  private let convolutions: [ChannelConvolution]
  private let weights: [Tensor]
  /// Of each convolution, in front of its norm; blocked.
  private let inputs: [Tensor]

  /// nil where one of the convolutions needs another kernel.
  static func forward(
    _ x: Tensor, _ first: ChainedConvolution,
    _ links: [(norm: ChainedNorm, convolution: ChainedConvolution)]
  ) -> (run: ConvolutionChainRun, output: Tensor)? {
    let chain = [first] + links.map(\.convolution)
    guard let convolutions = ChainedConvolution.plan(x.shape, chain) else { return nil }
    var inputs = [x.detached.converted(to: convolutions[0].layout)]
    var norms: [NormTable] = []
    for (index, convolution) in convolutions.enumerated() {
      let output = Tensor(
        uninitialized: convolution.geometry.output, layout: convolution.layout)
      let moments = index < links.count ? convolution.sums(ofInput: false) : nil
      convolution.forward(
        inputs[index], norm: norms.last, convolution.filters(chain[index].weight), into: output,
        moments: moments)
      guard let moments else {
        let run = ConvolutionChainRun(
          norms: norms, convolutions: convolutions, weights: chain.map(\.weight.detached),
          inputs: inputs)
        return (run, output)
      }
      let norm = links[index].norm
      norms.append(
        NormTable(
          of: output, moments: moments, weight: norm.weight.detached.contiguous(),
          bias: norm.bias.detached.contiguous(), epsilon: norm.epsilon, clamp: norm.clamp))
      inputs.append(output)
    }
    return nil
  }

  /// Gradients of x, of the first weights, and of each norm's weight and bias and its convolution's weights.
  func backward(_ gradient: Tensor, _ needs: [Bool]) -> [Tensor?] {
    var results = [Tensor?](repeating: nil, count: needs.count)
    var upstream = ChannelConvolution.Upstream(
      gradient: gradient.converted(to: convolutions[0].layout))
    for index in convolutions.indices.reversed() {
      let convolution = convolutions[index]
      let weight = index == 0 ? 1 : 3 * index + 1
      let norm = index == 0 ? nil : norms[index - 1]
      // What lies below: x and the first weights, then three for each norm with its convolution.
      let goesOn = index == 0 ? needs[0] : needs[..<weight].contains(true)
      let dw = needs[weight] ? Tensor(uninitialized: convolution.geometry.weights) : nil
      let dx =
        goesOn
        ? Tensor(uninitialized: convolution.geometry.input, layout: convolution.layout) : nil
      guard dw != nil || dx != nil else { break }
      let sums = norm == nil ? nil : convolution.sums(ofInput: true)
      convolution.backward(
        inputs[index], norm: norm, turned: convolution.filters(weights[index], turned: true),
        upstream, dx: dx, sums: sums, dw: dw)
      results[weight] = dw
      guard let dx else { break }
      guard let norm, let sums else {
        results[0] = dx
        break
      }
      let slope = norm.slope(sums: sums)
      (results[weight - 2], results[weight - 1]) = (slope.weightGradient, slope.biasGradient)
      upstream = .init(gradient: dx, norm: (slope, inputs[index]))
    }
    return results
  }
}

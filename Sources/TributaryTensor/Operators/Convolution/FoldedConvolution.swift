internal import Synchronization
internal import TributaryCore

/// A batch norm with fixed statistics, as its four tensors `[C]`.
public struct FixedNorm: Sendable {
  let weight: Tensor
  let bias: Tensor
  let mean: Tensor
  let variance: Tensor
  let epsilon: Float

  public init(weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor, epsilon: Float) {
    self.weight = weight
    self.bias = bias
    self.mean = mean
    self.variance = variance
    self.epsilon = epsilon
  }

  var tensors: [Tensor] { [weight, bias, mean, variance] }
}

/// clamp(batchNormInference(x) + residual)
public func normalized(
  _ x: Tensor, _ norm: FixedNorm, adding residual: Tensor? = nil, clamp: Clamp = .none
) -> Tensor {
  let fuses = residual == nil && clamp == .relu
  let y = batchNormInference(
    x, weight: norm.weight, bias: norm.bias, mean: norm.mean, variance: norm.variance,
    epsilon: norm.epsilon, relu: fuses)
  if fuses { return y }
  if let residual, clamp == .relu { return addRelu(y, residual) }
  return clamp(residual.map { y + $0 } ?? y)
}

/// clamp(batchNormInference(conv2d(x, weight)) + residual), the frozen part of a network: one pass where
/// no gradient is asked for.
///
/// The norm is folded into the weights. These, and the copies in the format that the kernel wants, are kept
/// with `weight`'s memory while none of the tensors change, so that all batches and threads share them.
public func conv2dNorm(
  _ x: Tensor, weight: Tensor, norm: FixedNorm, adding residual: Tensor? = nil,
  clamp: Clamp = .none, stride: (Int, Int) = (1, 1), padding: (Int, Int) = (0, 0),
  farPadding: (Int, Int)? = nil, dilation: (Int, Int) = (1, 1), groups: Int = 1
) -> Tensor {
  let all = [x, weight] + norm.tensors + (residual.map { [$0] } ?? [])
  if isRecording, all.contains(where: \.requiresGradient) {
    let y = conv2d(
      x, weight: weight, stride: stride, padding: padding, farPadding: farPadding,
      dilation: dilation, groups: groups)
    return normalized(y, norm, adding: residual, clamp: clamp)
  }
  let folded = FoldedWeights.of(weight.detached, norm)
  let geometry = convolutionGeometry(
    x.shape, weight, folded.bias, stride: stride, padding: padding,
    farPadding: farPadding ?? padding, dilation: dilation, groups: groups)
  require(
    residual.map { $0.shape == geometry.output } ?? true,
    "conv2dNorm: residual \(residual?.shape ?? []) for output \(geometry.output)")
  return foldedConvolution(geometry, x.detached, weight, folded, residual?.detached, clamp)
}

/// Weights and bias that do a convolution and its batch norm at once. Of the weights only what the kernels read is
/// kept: where these are transformed filters, four times as large, not the folded ones besides.
final class FoldedWeights: Sendable {
  /// The way in which a kernel wants the weights.
  enum Format: Int { case winograd = 1, channels }

  let bias: Tensor
  /// As long as the channels of a blocked tensor.
  let paddedBias: Tensor
  private let scale: Tensor
  private let folded = Mutex<Tensor?>(nil)
  private let filters = Mutex<[Format: Storage]>([:])

  private init(_ norm: FixedNorm) {
    scale = norm.weight.detached * (norm.variance.detached + norm.epsilon).reciprocalSquareRoot()
    bias = (norm.bias.detached - norm.mean.detached * scale).contiguous()
    paddedBias = bias.paddedChannels(to: OneDNN.channelBlock)
  }

  /// The folded weights of `weight`, the one that this was made of.
  func weight(of weight: Tensor) -> Tensor {
    if let known = folded.withLock({ $0 }) { return known }
    let made = scaled(weight)
    return folded.withLock { known in
      // Another thread may have been faster: one copy is kept, whoever made it.
      let result = known ?? made
      known = result
      return result
    }
  }

  /// What `make` does of the folded weights of `weight`, the one that this was made of.
  func filters(
    _ format: Format, of weight: Tensor, _ make: (Tensor) -> Storage
  ) -> Storage {
    if let known = filters.withLock({ $0[format] }) { return known }
    let made = make(scaled(weight))
    return filters.withLock { known in
      let result = known[format] ?? made
      known[format] = result
      return result
    }
  }

  private func scaled(_ weight: Tensor) -> Tensor {
    weight.detached * scale.reshaped([-1, 1, 1, 1])
  }

  static func of(_ weight: Tensor, _ norm: FixedNorm) -> FoldedWeights {
    let sources = [weight] + norm.tensors
    guard sources.allSatisfy({ $0.layout == .rowMajor && $0.offset == 0 }) else {
      return FoldedWeights(norm)
    }
    return weight.storage.derived(
      [0, Int(norm.epsilon.bitPattern)] + weight.shape.dimensions,
      with: norm.tensors.map(\.storage)
    ) {
      FoldedWeights(norm)
    }
  }
}

private func foldedConvolution(
  _ geometry: ConvolutionGeometry, _ x: Tensor, _ weight: Tensor, _ folded: FoldedWeights,
  _ residual: Tensor?, _ clamp: Clamp
) -> Tensor {
  let epilogue = Epilogue(hasBias: true, hasResidual: residual != nil, clamp: clamp)
  if geometry.roundsFactors {
    return roundedConvolution(geometry, x, weight, folded, residual, epilogue)
  }
  if let winograd = WinogradConvolution(geometry, .forward) {
    let output = Tensor(uninitialized: geometry.output, layout: winograd.layout)
    winograd.run(
      x.converted(to: winograd.layout),
      folded.filters(.winograd, of: weight) { winograd.filters($0) }, bias: folded.paddedBias,
      adding: residual?.converted(to: winograd.layout), clamp: clamp, into: output)
    return output
  }
  let plan = ConvolutionPlan.cached(geometry, .forward, after: epilogue)
  if !plan.isReference {
    let output = Tensor(uninitialized: geometry.output, layout: plan.output)
    plan.forward(
      x.converted(to: plan.input), folded.weight(of: weight), folded.bias,
      adding: residual?.converted(to: plan.output), into: output)
    return output
  }
  // No optimised kernel does all of it at once.
  let plain = ConvolutionPlan.cached(geometry, .forward, after: Epilogue(hasBias: true))
  let output = Tensor(uninitialized: geometry.output, layout: plain.output)
  plain.forward(x.converted(to: plain.input), folded.weight(of: weight), folded.bias, into: output)
  return withoutGradient { clamp(residual.map { output + $0 } ?? output) }
}

private func roundedConvolution(
  _ geometry: ConvolutionGeometry, _ x: Tensor, _ weight: Tensor, _ folded: FoldedWeights,
  _ residual: Tensor?, _ epilogue: Epilogue
) -> Tensor {
  let plan = ConvolutionPlan.cached(geometry, .forward, after: epilogue, precision: .bfloat16)
  let output = Tensor(uninitialized: geometry.output, layout: plan.output)
  plan.forward(
    RoundedTensor(x, layout: plan.input), folded.weight(of: weight), folded.bias,
    adding: residual?.converted(to: plan.output), into: output)
  return output
}

extension Tensor {
  /// A vector by channel, with zeros up to a multiple of `block`.
  func paddedChannels(to block: Int) -> Tensor {
    padded(axis: 0, before: 0, after: roundedUp(count, to: block) - count).contiguous()
  }
}

internal import TributaryCore
public import TributaryTensor

/// Batch normalisation over `[B, C, H, W]` (Ioffe and Szegedy 2015, arXiv:1502.03167):
/// `y = (x - mean) / sqrt(variance + epsilon) * weight + bias`, per channel.
///
/// In a pass that trains its weight, mean and (biased) variance are the batch's, and the running
/// statistics move as torch's: `running = (1 - momentum) * running + momentum * batch`, with the
/// unbiased variance. In every other pass the running statistics are used and stay as they are.
public struct BatchNorm2D: Sendable {
  public let weight: String
  public let bias: String
  public let runningMean: String
  public let runningVariance: String
  public let tensors: [TensorSpec]
  private let epsilon: Float
  private let momentum: Float

  public init(_ name: String, channels: Int, epsilon: Float = 1e-5, momentum: Float = 0.1) {
    weight = "\(name).weight"
    bias = "\(name).bias"
    runningMean = "\(name).running_mean"
    runningVariance = "\(name).running_var"
    self.epsilon = epsilon
    self.momentum = momentum
    tensors = [
      TensorSpec(weight, [channels], initializer: .ones),
      TensorSpec(bias, [channels], initializer: .zeros),
      TensorSpec(runningMean, [channels], role: .buffer, initializer: .zeros),
      TensorSpec(runningVariance, [channels], role: .buffer, initializer: .ones),
    ]
  }

  /// - Parameter relu: whether `max(0, y)` follows, in one pass over the memory.
  public func callAsFunction(_ x: Tensor, relu: Bool, _ pass: Pass) throws -> Tensor {
    try self(x, clamp: relu ? .relu : .none, pass)
  }

  /// - Parameters:
  ///   - residual: added to y, in the same pass over the memory in training.
  ///   - clamp: bounds of the result.
  public func callAsFunction(
    _ x: Tensor, adding residual: Tensor? = nil, clamp: Clamp = .none, _ pass: Pass
  ) throws -> Tensor {
    guard pass.isTrainable(weight) else {
      let norm = try fixed(pass)
      return normalized(x, norm, adding: residual, clamp: clamp)
    }
    let weight = try pass(weight)
    let bias = try pass(bias)
    let (output, batchMean, batchVariance) = batchNorm(
      x, weight: weight, bias: bias, epsilon: epsilon, adding: residual, clamp: clamp)
    try update(batchMean, batchVariance, count: x.shape[0] * x.shape[2] * x.shape[3], pass)
    return output
  }

  /// The same over maps side by side, which are not copied together for it.
  public func callAsFunction(
    _ x: inout JoinedChannels, relu: Bool = false, _ pass: Pass
  ) throws -> Tensor {
    let weight = try pass(weight)
    let bias = try pass(bias)
    guard pass.isTrainable(self.weight) else {
      return batchNormInference(
        x, weight: weight, bias: bias, mean: try pass(runningMean),
        variance: try pass(runningVariance), epsilon: epsilon, relu: relu)
    }
    let (output, mean, variance) = batchNorm(
      &x, weight: weight, bias: bias, epsilon: epsilon, clamp: relu ? .relu : .none)
    try update(mean, variance, count: x.shape[0] * x.shape[2] * x.shape[3], pass)
    return output
  }

  /// Moves the running statistics towards a batch's, of `count` values a channel; a pass that estimates gets the
  /// batch's themselves.
  func update(
    _ batchMean: Tensor, _ batchVariance: Tensor, count: Int, _ pass: Pass
  ) throws {
    let unbiased = Float(count) / Float(max(1, count - 1))
    if pass.isEstimating {
      pass.updateBuffer(runningMean, to: batchMean)
      return pass.updateBuffer(runningVariance, to: withoutGradient { batchVariance * unbiased })
    }
    let mean = try pass(runningMean)
    let variance = try pass(runningVariance)
    pass.updateBuffer(
      runningMean, to: withoutGradient { mean * (1 - momentum) + batchMean * momentum })
    pass.updateBuffer(
      runningVariance,
      to: withoutGradient { variance * (1 - momentum) + batchVariance * (momentum * unbiased) })
  }

  /// The norm in training between two convolutions.
  func chained(_ clamp: Clamp, _ pass: Pass) throws -> ChainedNorm {
    ChainedNorm(weight: try pass(weight), bias: try pass(bias), epsilon: epsilon, clamp: clamp)
  }

  /// The norm as it is where its weight is not trained.
  func fixed(_ pass: Pass) throws -> FixedNorm {
    let (weight, bias) = (try pass(weight), try pass(bias))
    return FixedNorm(
      weight: weight, bias: bias, mean: try pass(runningMean), variance: try pass(runningVariance),
      epsilon: epsilon)
  }
}

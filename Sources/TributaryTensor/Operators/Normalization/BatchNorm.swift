internal import TributaryCore

/// Batch normalisation in training (Ioffe and Szegedy 2015), over all axes but the second:
/// y = (x - mean) / sqrt(variance + epsilon) * weight + bias for x [B, C, H, W] or [B, C], then
/// y + residual and the bounds of `clamp`, in the same pass over the memory.
///
/// The statistics come without history; the variance is biased (divides by the count).
public func batchNorm(
  _ x: Tensor, weight: Tensor, bias: Tensor, epsilon: Float = 1e-5, adding residual: Tensor? = nil,
  clamp: Clamp = .none
) -> (output: Tensor, batchMean: Tensor, batchVariance: Tensor) {
  require(
    (x.rank == 4 || x.rank == 2) && weight.shape == [x.shape[1]] && bias.shape == weight.shape
      && residual.map { $0.shape == x.shape } ?? true,
    "batchNorm: \(x.shape) with weight \(weight.shape) and bias \(bias.shape)")
  let (run, output) = BatchNormRun.forward(
    x.detached.dense(), weight.detached.contiguous(), bias.detached.contiguous(), epsilon: epsilon,
    adding: residual?.detached, clamp: clamp)
  let inputs = [x, weight, bias] + (residual.map { [$0] } ?? [])
  let result = output.recorded(inputs) { gradient, call in
    guard isRecording else { return run.backward(gradient.detached, call.needs) }
    return differentiated(inputs, seed: gradient) {
      let normal = composedBatchNorm($0[0], $0[1], $0[2], epsilon)
      return clamp($0.count > 3 ? normal + $0[3] : normal)
    }
  }
  return (result, run.mean, run.variance)
}

func composedBatchNorm(
  _ x: Tensor, _ weight: Tensor, _ bias: Tensor, _ epsilon: Float
) -> Tensor {
  let axes = x.shape.indices.filter { $0 != 1 }
  let mean = x.mean(axes: axes, keepingDimensions: true)
  let centred = x - mean
  let variance = centred.squared().mean(axes: axes)
  let scale = weight * (variance + epsilon).reciprocalSquareRoot()
  return scaledChannels(centred, scale: scale, shift: bias)
}

/// Batch normalisation with given statistics, as in inference and below frozen layers; differentiable in
/// all of x, weight, bias, mean and variance.
public func batchNormInference(
  _ x: Tensor, weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor,
  epsilon: Float = 1e-5, relu: Bool = false
) -> Tensor {
  require(
    x.rank >= 2 && weight.shape == [x.shape[1]] && bias.shape == weight.shape
      && mean.shape == weight.shape && variance.shape == weight.shape,
    "batchNormInference: \(x.shape) with weight \(weight.shape), mean \(mean.shape)")
  let scale = weight * (variance + epsilon).reciprocalSquareRoot()
  return scaledChannels(x, scale: scale, shift: bias - mean * scale, relu: relu)
}

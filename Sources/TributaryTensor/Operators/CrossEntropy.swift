internal import CTributaryKernels
internal import TributaryCore

/// The mean over the batch of -log softmax(logits)[label]; logits [B, C], labels int32 [B].
public func softmaxCrossEntropy(_ logits: Tensor, labels: Tensor) -> Tensor {
  require(
    logits.rank == 2 && labels.dtype == .int32 && labels.shape == [logits.shape[0]]
      && logits.count > 0, "softmaxCrossEntropy: logits \(logits.shape), labels \(labels.shape)")
  let (rows, classes) = (logits.shape[0], logits.shape[1])
  let targets = labels.contiguous()
  for row in 0..<rows {
    require(
      targets.integers[row] >= 0 && Int(targets.integers[row]) < classes,
      "softmaxCrossEntropy: a label is outside 0..<\(classes)")
  }
  let input = logits.detached.contiguous()
  let total = tributary_cross_entropy(input.data, targets.integers, rows, classes)
  withExtendedLifetime((input, targets)) {}
  return Tensor.scalar(Float(total / Double(rows))).recorded(logits) { gradient, _ in
    if isRecording {
      let target = Tensor.oneHot(targets, axis: 1, shape: logits.shape)
      return [(softmax(logits) - target) * (gradient * (1 / Float(rows)))]
    }
    let dx = Tensor(uninitialized: logits.shape)
    tributary_cross_entropy_backward(
      input.data, targets.integers, rows, classes, gradient.item / Float(rows), dx.data)
    withExtendedLifetime((input, targets)) {}
    return [dx]
  }
}

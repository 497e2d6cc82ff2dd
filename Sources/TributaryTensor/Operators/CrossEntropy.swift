internal import CTributaryKernels
internal import TributaryCore

/// PyTorch's `ignore_index`.
private let ignoredLabel: Int32 = -100

/// The mean over the rows that count of -log softmax(logits)[label]; logits [B, C], labels int32 [B]. A row
/// whose label is -100 does not count; where none does, the loss is 0.
public func softmaxCrossEntropy(_ logits: Tensor, labels: Tensor) -> Tensor {
  require(
    logits.rank == 2 && labels.dtype == .int32 && labels.shape == [logits.shape[0]]
      && logits.count > 0, "softmaxCrossEntropy: logits \(logits.shape), labels \(labels.shape)")
  let (rows, classes) = (logits.shape[0], logits.shape[1])
  let targets = labels.contiguous()
  var counted = 0
  for row in 0..<rows where targets.integers[row] != ignoredLabel {
    require(
      targets.integers[row] >= 0 && Int(targets.integers[row]) < classes,
      "softmaxCrossEntropy: a label is outside 0..<\(classes)")
    counted += 1
  }
  let share = 1 / Float(max(1, counted))
  let input = logits.detached.contiguous()
  let total = tributary_cross_entropy(input.data, targets.integers, rows, classes)
  withExtendedLifetime((input, targets)) {}
  return Tensor.scalar(Float(total / Double(max(1, counted)))).recorded(logits) { gradient, _ in
    if isRecording { return [differentiableSlope(logits, targets) * (gradient * share)] }
    let dx = Tensor(uninitialized: logits.shape)
    tributary_cross_entropy_backward(
      input.data, targets.integers, rows, classes, gradient.item * share, dx.data)
    withExtendedLifetime((input, targets)) {}
    return [dx]
  }
}

/// softmax(logits) - onehot(label), 0 in rows that do not count.
private func differentiableSlope(_ logits: Tensor, _ targets: Tensor) -> Tensor {
  let labels = targets.ints()
  let counts = Tensor(labels.map { $0 == ignoredLabel ? Float(0) : 1 }, shape: [labels.count, 1])
  let known = Tensor(labels.map { max(Int32(0), $0) }, shape: [labels.count])
  return (softmax(logits) - Tensor.oneHot(known, axis: 1, shape: logits.shape)) * counts
}

/// How many rows of logits [B, C] are largest (the first of equals) at their label, and how many rows count.
public func classificationHits(_ logits: Tensor, labels: Tensor) -> (correct: Int, counted: Int) {
  require(
    logits.rank == 2 && labels.dtype == .int32 && labels.shape == [logits.shape[0]],
    "classificationHits: logits \(logits.shape), labels \(labels.shape)")
  let (scores, targets) = (logits.contiguous(), labels.contiguous())
  var counted = 0
  let correct = tributary_count_hits(
    scores.data, targets.integers, logits.shape[0], logits.shape[1], &counted)
  withExtendedLifetime((scores, targets)) {}
  return (correct, counted)
}

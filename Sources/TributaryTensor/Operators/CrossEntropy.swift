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
  let (input, targets) = (logits.detached.contiguous(), labels.contiguous())
  let (loss, share) = (Tensor(uninitialized: .scalar), Tensor(uninitialized: .scalar))
  let (x, ids, mean, part) = (input.data, targets.integers, loss.data, share.data)
  kernel(mean, part) {
    let counted = max(1, countedRows(ids, rows, classes))
    mean[0] = Float(tributary_cross_entropy(x, ids, rows, classes) / Double(counted))
    part[0] = 1 / Float(counted)
  }
  return loss.recorded(logits) { gradient, _ in
    if isRecording { return [differentiableSlope(logits, targets) * (gradient * share)] }
    let dx = Tensor(uninitialized: logits.shape)
    let (slope, seed, part) = (dx.data, gradient.data, share.data)
    kernel(slope) {
      tributary_cross_entropy_backward(x, ids, rows, classes, seed[0] * part[0], slope)
    }
    withExtendedLifetime((input, targets, gradient, share)) {}
    return [dx]
  }
}

/// How many rows count, all of whose labels must be classes.
private func countedRows(_ labels: UnsafePointer<Int32>, _ rows: Int, _ classes: Int) -> Int {
  var counted = 0
  for row in 0..<rows where labels[row] != ignoredLabel {
    require(
      labels[row] >= 0 && Int(labels[row]) < classes,
      "softmaxCrossEntropy: a label is outside 0..<\(classes)")
    counted += 1
  }
  return counted
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
  KernelTape.valuesAreRead()
  let (scores, targets) = (logits.contiguous(), labels.contiguous())
  var counted = 0
  let correct = tributary_count_hits(
    scores.data, targets.integers, logits.shape[0], logits.shape[1], &counted)
  withExtendedLifetime((scores, targets)) {}
  return (correct, counted)
}

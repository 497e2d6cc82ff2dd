public import TributaryTensor

/// The mean over the batch of `-log softmax(logits)[label]`: logits `[B, classes]`, labels int32 `[B]`.
///
/// Labels must lie in 0..<classes; check them when data is read.
public func crossEntropy(logits: Tensor, labels: Tensor) -> Tensor {
  softmaxCrossEntropy(logits, labels: labels)
}

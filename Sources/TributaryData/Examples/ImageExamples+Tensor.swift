internal import TributaryCore
public import TributaryTensor

extension ImageExamples {
  /// Images as the model wants them: `(pixel / 255 - mean[c]) / standardDeviation[c]`.
  ///
  /// - Parameter mean: one number a channel, of pixels scaled to 0...1; the deviation likewise.
  /// - Returns: float32 `[indices.count, channels, height, width]`
  public func normalized(
    _ indices: [Int], mean: [Float], standardDeviation: [Float]
  ) -> Tensor {
    Tensor(shape: [indices.count, channels, height, width]) { target in
      normalize(indices, mean: mean, standardDeviation: standardDeviation, into: target)
    }
  }
}

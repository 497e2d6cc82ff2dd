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
    precondition(
      mean.count == channels && standardDeviation.count == channels, "one number a channel")
    return Tensor(
      rows: indices, of: pixels, shape: shape,
      scale: standardDeviation.map { Float(1 / (255 * Double($0))) },
      shift: zip(mean, standardDeviation).map { Float(-Double($0) / Double($1)) })
  }
}

public import TributaryTensor

extension Tensor {
  /// Every row of `[rows, columns]` scaled to Euclidean length 1 (rows of zeros stay zeros), as
  /// sentence-transformers' `Normalize` does.
  public var withRowsOfLengthOne: Tensor {
    withoutGradient {
      let length = squared().sum(axes: [1], keepingDimensions: true).sqrt()
      return self / (length + 1e-12)
    }
  }
}

internal import TributaryCore
internal import TributaryFeatures
internal import TributaryTensor

extension TrainingExamples {
  /// Rows taken at a time: float64 copies of them stay small.
  private static let rowsAtOnce = 2048

  /// The sums over these examples, whose features have been computed.
  ///
  /// - Throws: `data.label` for a label that is no class, `features.width` for too many features.
  func statistics(classes: Int, products: Bool = true) throws -> FeatureStatistics {
    guard let features, let all = source.labels else {
      preconditionFailure("statistics are of features and labels")
    }
    let labels = indices.map { Int(all[$0]) }
    guard labels.allSatisfy((0..<classes).contains) else {
      throw TributaryError("data.label", "a label is outside the \(classes) classes")
    }
    let width = features.shape[1]
    try FeatureStatistics.requireWidth(width)
    let values = features.floats()
    var sum = FeatureStatistics(classes: classes, width: width)
    for start in stride(from: 0, to: count, by: Self.rowsAtOnce) {
      let end = min(start + Self.rowsAtOnce, count)
      let rows = Matrix(
        values[start * width..<end * width].map(Double.init), rows: end - start, columns: width)
      sum =
        sum
        + FeatureStatistics(
          features: rows, labels: Array(labels[start..<end]), classes: classes, products: products)
    }
    return sum
  }
}

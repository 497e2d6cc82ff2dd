public import TributaryTensor
internal import TributaryCore

/// Sums over examples from which closed-form classifiers, projections and scores follow exactly.
///
///     n_c = Σ_{y=c} 1        s_c = Σ_{y=c} x        P = Σ x xᵀ
///
/// The sums of several clients are the sums over all their examples, so what is solved from them is what would be
/// solved on pooled data. They are no raw data, but they reveal means and second moments, and of few examples
/// more: one example of a class is that class's sum itself, and P of n examples spans the very features.
public struct FeatureStatistics: Sendable, Equatable {
  /// n_c, `[classes]`; with weighted examples their weights.
  public var counts: [Double]
  /// s_c, `[classes, width]`
  public var sums: Matrix
  /// P, `[width, width]`
  public var products: Matrix

  /// Of no examples.
  public init(classes: Int, width: Int) {
    counts = [Double](repeating: 0, count: classes)
    sums = Matrix(rows: classes, columns: width)
    products = Matrix(rows: width, columns: width)
  }

  /// - Parameters:
  ///   - features: `[examples, width]`
  ///   - labels: below `classes`, one an example.
  ///   - weights: one an example; nil: 1 each.
  ///   - products: whether P is wanted, which is most of the work; without, it is 0.
  public init(
    features: Matrix, labels: [Int], classes: Int, weights: [Double]? = nil, products: Bool = true
  ) {
    precondition(features.rows == labels.count, "one label an example")
    self.init(classes: classes, width: features.columns)
    for (row, label) in labels.enumerated() {
      let weight = weights?[row] ?? 1
      counts[label] += weight
      for (column, value) in features.row(row).enumerated() {
        sums[label, column] += weight * value
      }
    }
    guard products else { return }
    self.products =
      weights.map { features.scalingRows($0.map { $0.squareRoot() }).gram }
      ?? features.gram
  }

  public static func + (left: Self, right: Self) -> Self {
    var result = left
    for (index, count) in right.counts.enumerated() { result.counts[index] += count }
    result.sums = left.sums + right.sums
    result.products = left.products + right.products
    return result
  }

  public var classes: Int { counts.count }
  public var width: Int { sums.columns }
  /// The number of examples.
  public var count: Double { counts.reduce(0, +) }

  /// The mean of all examples, `[width]`.
  public var mean: [Double] {
    let total = max(count, .leastNonzeroMagnitude)
    return (0..<width).map { column in
      (0..<classes).reduce(0) { $0 + sums[$1, column] } / total
    }
  }

  /// The mean of every class, `[classes, width]`; 0 where a class has no examples.
  public var classMeans: Matrix {
    sums.scalingRows(counts.map { $0 > 0 ? 1 / $0 : 0 })
  }

  /// The covariance of all examples (divided by their number).
  public var covariance: Matrix {
    let center = Matrix(mean, rows: 1, columns: width)
    return products * (1 / count) - center.transposedTimes(center)
  }

  /// The covariance around the examples' class means (divided by their number).
  public var covarianceWithinClasses: Matrix {
    (products - sums.transposedTimes(classMeans)) * (1 / count)
  }

  /// The covariance of the class means, each as often as its class has examples.
  public var covarianceBetweenClasses: Matrix {
    let centered = classMeans.subtractingFromRows(mean)
    return centered.transposedTimes(centered.scalingRows(counts)) * (1 / count)
  }

  /// The statistics of the features `projection · x`.
  ///
  /// - Parameter projection: `[new width, width]`
  public func projected(by projection: Matrix) -> Self {
    var result = self
    result.sums = sums.timesTransposed(projection)
    result.products = projection.times(products).timesTransposed(projection)
    return result
  }

  /// The statistics of the features at `columns` alone.
  public func selecting(_ columns: [Int]) -> Self {
    var result = self
    result.sums = sums.columns(columns)
    result.products = products.rows(columns).columns(columns)
    return result
  }

  /// More features would make products of gigabytes.
  public static let largestWidth = 8192

  /// - Throws: `features.width` for features whose products are too many.
  public static func requireWidth(_ width: Int) throws {
    guard width <= largestWidth else {
      throw TributaryError(
        "features.width",
        "\(width) features are too many: their products would not fit into memory",
        advice: "use a backbone that ends in a pooling, with at most \(largestWidth)")
    }
  }

  /// - Throws: `features.empty` where there is not one example.
  public func requireExamples() throws {
    guard count > 0 else {
      throw TributaryError("features.empty", "no examples to take statistics of")
    }
  }
}

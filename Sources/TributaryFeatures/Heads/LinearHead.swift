public import TributaryTensor

/// A classifier that is linear in the features: logits = W x + b.
public struct LinearHead: Sendable, Equatable {
  /// `[classes, width]`
  public var weight: Matrix
  public var bias: [Double]

  public init(weight: Matrix, bias: [Double]) {
    precondition(weight.rows == bias.count, "one bias a class")
    self.weight = weight
    self.bias = bias
  }

  /// `[examples, classes]` of features `[examples, width]`.
  public func logits(_ features: Matrix) -> Matrix {
    features.timesTransposed(weight).subtractingFromRows(bias.map { -$0 })
  }

  /// The class with the highest logit, the first of equal ones.
  public func predictions(_ features: Matrix) -> [Int] {
    let logits = logits(features)
    return (0..<logits.rows).map { row in
      let scores = logits.row(row)
      return (scores.firstIndex(of: scores.max() ?? 0) ?? scores.startIndex) - scores.startIndex
    }
  }

  /// The head for x where this one is for `projection · x`.
  func behind(_ projection: Matrix) -> LinearHead {
    LinearHead(weight: weight.times(projection), bias: bias)
  }

  /// The head for all `width` features where this one is for those at `columns`.
  func scattered(over columns: [Int], of width: Int) -> LinearHead {
    var wide = Matrix(rows: weight.rows, columns: width)
    for row in 0..<weight.rows {
      for (position, column) in columns.enumerated() { wide[row, column] = weight[row, position] }
    }
    return LinearHead(weight: wide, bias: bias)
  }

  /// The logit of a class without examples: lower than any other.
  static let impossible = -1e6
}

public import TributaryCore

/// The gradient of a loss with respect to one parameter, some of its matrix products not multiplied out.
///
/// The gradient of a linear layer's weight is dYᵀ X. For a small batch the two factors are far smaller than
/// their product, and plain gradient descent can add the product straight to the weight: one pass over it
/// instead of four (`descend`). That of a table of words is all zeros but for the rows that were looked up.
public struct FactoredGradient: Sendable {
  /// leftᵀ right: [rows, m] and [rows, n] for a gradient [m, n].
  struct Factors {
    let left: Tensor
    let right: Tensor
  }

  public let shape: Shape
  /// What has been multiplied out; nil for zeros.
  let sum: Tensor?
  let factors: [Factors]
  let rows: [RowGradient]

  public init(_ tensor: Tensor) { self.init(shape: tensor.shape, sum: tensor, factors: []) }

  init(shape: Shape, sum: Tensor?, factors: [Factors], rows: [RowGradient] = []) {
    self.shape = shape
    self.sum = sum
    self.factors = factors
    self.rows = rows
  }

  /// The gradient itself.
  public var tensor: Tensor {
    var total = sum
    for factor in factors {
      let product = weightGradient(factor.left, factor.right)
      total = total.map { $0 + product } ?? product
    }
    guard !rows.isEmpty else { return total ?? .zeros(shape) }
    var table = total.take() ?? .zeros(shape)
    table.prepareForWriting()
    for row in rows { row.add(to: table.data, width: shape[1]) }
    return table
  }

  /// The rows, where the gradient is nothing but rows.
  var onlyRows: [RowGradient]? {
    sum == nil && factors.isEmpty && !rows.isEmpty ? rows : nil
  }

  public static func * (gradient: Self, scale: Float) -> Self {
    Self(
      shape: gradient.shape, sum: gradient.sum.map { $0 * scale },
      factors: gradient.factors.map { Factors(left: $0.left * scale, right: $0.right) },
      rows: gradient.rows.map { RowGradient(ids: $0.ids, values: $0.values * scale) })
  }

  public static func + (left: Self, right: Self) -> Self {
    require(left.shape == right.shape, "gradients of \(left.shape) and \(right.shape)")
    let sums = [left.sum, right.sum].compactMap { $0 }
    return Self(
      shape: left.shape, sum: sums.count == 2 ? sums[0] + sums[1] : sums.first,
      factors: left.factors + right.factors, rows: left.rows + right.rows)
  }
}

/// Collects the factors and the rows of some leaves' gradients during one walk.
final class FactorCollection {
  private var factors: [ObjectIdentifier: [FactoredGradient.Factors]]
  private var rows: [ObjectIdentifier: [RowGradient]] = [:]

  init(of leaves: [Node]) {
    factors = Dictionary(leaves.map { (ObjectIdentifier($0), []) }) { first, _ in first }
  }

  /// Whether `gradient` of a table of `shape` is kept here, which it is for one of the leaves if it is smaller
  /// than the table.
  func take(_ gradient: RowGradient, of shape: Shape, for leaf: Node?) -> Bool {
    guard let leaf, factors[ObjectIdentifier(leaf)] != nil,
      gradient.values.count < shape.elementCount / 2
    else { return false }
    rows[ObjectIdentifier(leaf), default: []].append(gradient)
    return true
  }

  func rows(of leaf: Node) -> [RowGradient] { rows[ObjectIdentifier(leaf)] ?? [] }

  /// Whether leftᵀ right is kept here, which it is for one of the leaves if that is smaller than the product, or
  /// the rows are few.
  func take(_ left: Tensor, _ right: Tensor, for leaf: Node?) -> Bool {
    guard let leaf,
      left.shape[0] <= fewRows
        || left.count + right.count < left.shape[1] * right.shape[1]
    else { return false }
    return factors[ObjectIdentifier(leaf)]?.append(.init(left: left, right: right)) != nil
  }

  subscript(leaf: Node) -> [FactoredGradient.Factors] { factors[ObjectIdentifier(leaf)] ?? [] }
}

extension BackwardCall {
  /// leftᵀ right as the gradient of parent `index`; nil where the walk keeps it in factors.
  func product(_ left: Tensor, _ right: Tensor, for index: Int) -> Tensor? {
    if let factors, factors.take(left, right, for: node.parents[index]) { return nil }
    return weightGradient(left, right)
  }
}

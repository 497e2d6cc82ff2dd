internal import TributaryCore
public import TributaryTensor

/// A graph as graph layers read it: what its nodes have, and who is whose neighbour, each as a sparse matrix.
public struct NodeGraph: Sendable, Equatable {
  /// `[nodes, features]`
  public let features: SparseMatrix
  /// D̃^-1/2 (A + I) D̃^-1/2 `[nodes, nodes]`: Kipf & Welling's renormalised adjacency.
  public let symmetric: SparseMatrix
  /// D^-1 A `[nodes, nodes]`: the mean over a node's neighbours; 0 where it has none.
  public let mean: SparseMatrix

  public var nodes: Int { features.rows }

  /// - Parameter neighbours: of each node, ascending, without itself; an edge stands at both its ends.
  public init(features: SparseMatrix, neighbours: [[Int]]) {
    precondition(neighbours.count == features.rows, "neighbours of every node")
    self.features = features
    let roots = neighbours.map { 1 / Double($0.count + 1).squareRoot() }
    symmetric = Self.matrix(neighbours.enumerated().map { ($1 + [$0]).sorted() }) { row, column in
      Float(roots[row] * roots[column])
    }
    mean = Self.matrix(neighbours) { row, _ in 1 / Float(neighbours[row].count) }
  }

  private static func matrix(
    _ columns: [[Int]], _ value: (Int, Int) -> Float
  ) -> SparseMatrix {
    SparseMatrix(
      rows: columns.count, columns: columns.count,
      entries: columns.enumerated().flatMap { row, columns in
        columns.map { .init(row: row, column: $0, value: value(row, $0)) }
      })
  }
}

/// What nodes have, on the way through a graph network.
public enum NodeValues {
  case sparse(SparseMatrix)
  /// `[nodes, width]`
  case dense(Tensor)

  /// `x Wᵀ`: W `[outputs, width]`.
  public func multiplied(by weight: Tensor) -> Tensor {
    switch self {
    case .sparse(let matrix): sparseProduct(matrix, weight.permuted([1, 0]))
    case .dense(let x): linear(x, weight: weight, bias: nil)
    }
  }
}

extension Dropout {
  /// The same of a graph's features: of those that are not 0.
  public func callAsFunction(_ x: SparseMatrix, _ pass: Pass) -> SparseMatrix {
    isActive(in: pass) ? x.dropped(probability: probability, key: pass.key.at(name)) : x
  }
}

internal import Foundation
public import TributaryTensor

/// k(x, y) = exp(−γ ‖x − y‖²)
public struct GaussianKernel: Sendable {
  public var gamma: Double

  public init(gamma: Double) { self.gamma = gamma }

  /// `[rows of left, rows of right]`
  public func callAsFunction(_ left: Matrix, _ right: Matrix) -> Matrix {
    var result = left.squaredDistances(to: right)
    for index in result.values.indices { result.values[index] = exp(-gamma * result.values[index]) }
    return result
  }

  /// γ = 1 / median of the squared distances between the examples of two domains.
  public static func medianGamma(_ left: Matrix, _ right: Matrix) -> Double {
    let distances = left.squaredDistances(to: right).values.sorted()
    let median = distances.isEmpty ? 1 : distances[distances.count / 2]
    return median > 0 ? 1 / median : 1
  }
}

extension Matrix {
  /// ‖x − y‖² of every row x here and y there.
  public func squaredDistances(to other: Matrix) -> Matrix {
    func energies(_ matrix: Matrix) -> [Double] {
      (0..<matrix.rows).map { matrix.row($0).reduce(0) { $0 + $1 * $1 } }
    }
    let (own, others) = (energies(self), energies(other))
    var result = timesTransposed(other)
    for row in 0..<rows {
      for column in 0..<other.rows {
        result[row, column] = max(0, own[row] + others[column] - 2 * result[row, column])
      }
    }
    return result
  }
}

internal import Foundation
public import TributaryTensor

/// Kernel mean matching (Huang et al. 2006, "Correcting sample selection bias by unlabeled data"): weights β of the
/// source's examples with which their mean in the kernel's space is the target's.
///
///     min ½ βᵀ K β − κᵀ β    where    0 ≤ β_i ≤ B,  |Σ β_i − n_S| ≤ n_S ε
///     K_ij = k(x_i, x_j),  κ_i = n_S/n_T Σ_j k(x_i, x'_j)
///
/// B is 1000 and ε (√n_S − 1)/√n_S in the paper.
public struct KernelMeanMatching: Sendable {
  public var bound: Double
  /// ε; nil: the paper's.
  public var slack: Double?
  public var iterations: Int

  public init(bound: Double = 1000, slack: Double? = nil, iterations: Int = 5000) {
    self.bound = bound
    self.slack = slack
    self.iterations = iterations
  }

  /// β, one a source example.
  public func weights(source: Matrix, target: Matrix, kernel: GaussianKernel) -> [Double] {
    let products = kernel(source, source)
    let count = Double(source.rows)
    let pull = kernel(source, target)
    let linear = (0..<source.rows).map {
      pull.row($0).reduce(0, +) * count / Double(max(1, target.rows))
    }
    return minimum(products, linear)
  }

  /// By accelerated projected gradient steps (Beck & Teboulle 2009), beginning anew where they would climb.
  func minimum(_ products: Matrix, _ linear: [Double]) -> [Double] {
    let count = products.rows
    let allowed = slack ?? (1 - 1 / Double(max(1, count)).squareRoot())
    let sums = Double(count) * (1 - allowed)...Double(count) * (1 + allowed)
    let step = 1 / Self.largestEigenvalue(products)
    var beta = projected([Double](repeating: 1, count: count), sums)
    var ahead = beta
    var momentum = 1.0
    for _ in 0..<iterations {
      let slope = zip(products.times(Matrix(ahead, rows: count, columns: 1)).values, linear)
        .map { $0 - $1 }
      let next = projected(zip(ahead, slope).map { $0 - step * $1 }, sums)
      let change = zip(next, beta).map { $0 - $1 }
      let climbs = zip(zip(ahead, next), change).reduce(0) { $0 + ($1.0.0 - $1.0.1) * $1.1 } > 0
      let following = climbs ? 1 : (1 + (1 + 4 * momentum * momentum).squareRoot()) / 2
      let share = climbs ? 0 : (momentum - 1) / following
      ahead = zip(next, change).map { $0 + share * $1 }
      beta = next
      momentum = following
      if !climbs, change.allSatisfy({ $0.magnitude < 1e-9 * bound }), share > 0 { break }
    }
    return beta
  }

  /// The nearest point of the box whose sum is in `sums`: all elements are shifted by one number, which is bisected.
  private func projected(_ point: [Double], _ sums: ClosedRange<Double>) -> [Double] {
    func clipped(_ shift: Double) -> [Double] { point.map { min(max($0 - shift, 0), bound) } }
    let sum = clipped(0).reduce(0, +)
    guard !sums.contains(sum) else { return clipped(0) }
    let goal = sum < sums.lowerBound ? sums.lowerBound : sums.upperBound
    var (low, high) = ((point.min() ?? 0) - bound, point.max() ?? 0)
    for _ in 0..<200 where high - low > 1e-15 * max(1, high.magnitude) {
      let middle = (low + high) / 2
      if clipped(middle).reduce(0, +) > goal { low = middle } else { high = middle }
    }
    return clipped((low + high) / 2)
  }

  /// A bound from above by power iteration on a positive matrix, with room for what it lacks.
  private static func largestEigenvalue(_ matrix: Matrix) -> Double {
    var vector = Matrix(rows: matrix.rows, columns: 1, repeating: 1)
    var length = 1.0
    for _ in 0..<50 {
      let next = matrix.times(vector)
      length = next.values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      vector = next * (1 / max(length, .leastNormalMagnitude))
    }
    return max(1.01 * length, .leastNormalMagnitude)
  }
}

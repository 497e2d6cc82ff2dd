public import TributaryTensor

/// Transfer component analysis (Pan et al. 2011): directions with much variance along which the domains' means lie
/// close together.
///
///     max_W tr(Wᵀ Zᵀ H Z W)  where  Wᵀ (Zᵀ L Z + μ I) W = I
///
/// H centres; L = v vᵀ with v = 1/n_S at source and −1/n_T at target examples, so that tr(Wᵀ Zᵀ L Z W) is the
/// squared distance of the domains' means. Z is the kernel matrix of all examples, or with the linear kernel in
/// its primal form the features themselves (Long et al. 2013), which is as good and cheaper.
public struct TransferComponents: Sendable {
  public enum Kernel: Sendable, Equatable {
    /// Z: the features.
    case primal
    /// Z: x xᵀ
    case linear
    /// Z: exp(−γ ‖x − x'‖²)
    case gaussian(gamma: Double)
  }

  /// `[source examples, dimensions]`
  public let source: Matrix
  /// `[target examples, dimensions]`
  public let target: Matrix

  /// - Parameter regularization: μ.
  /// - Throws: `linearAlgebra.eigen` where μ is 0 and the features depend on one another.
  public init(
    source: Matrix, target: Matrix, dimensions: Int, regularization: Double = 1,
    kernel: Kernel = .primal
  ) throws {
    let all = source.stacked(on: target)
    let z =
      switch kernel {
      case .primal: all
      case .linear: all.timesTransposed(all)
      case .gaussian(let gamma): GaussianKernel(gamma: gamma)(all, all)
      }
    let marks =
      [Double](repeating: 1 / Double(source.rows), count: source.rows)
      + [Double](repeating: -1 / Double(target.rows), count: target.rows)
    let gap = Matrix(marks, rows: 1, columns: all.rows).times(z)
    let distance = gap.transposedTimes(gap).addingToDiagonal(regularization)
    let scatter = z.subtractingFromRows(z.columnMeans).gram
    let eigen = try SymmetricEigen(scatter, metric: distance)
    let kept = Array(0..<min(max(1, dimensions), z.columns))
    let embedded = z.timesTransposed(eigen.vectors.rows(kept))
    self.source = embedded.rows(Array(0..<source.rows))
    self.target = embedded.rows(Array(source.rows..<all.rows))
  }
}

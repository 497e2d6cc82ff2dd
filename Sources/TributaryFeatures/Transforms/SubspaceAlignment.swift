public import TributaryTensor

/// Subspace alignment (Fernando et al. 2013, "Unsupervised visual domain adaptation using subspace alignment"):
/// each domain in its own principal components, the source's turned towards the target's.
///
///     source: X_S P_S (P_Sᵀ P_T)        target: X_T P_T
public struct SubspaceAlignment: Sendable {
  private let sourceComponents: PrincipalComponents
  private let targetComponents: PrincipalComponents
  private let alignment: Matrix

  /// - Throws: `linearAlgebra.eigen`.
  public init(source: Matrix, target: Matrix, dimensions: Int) throws {
    sourceComponents = try PrincipalComponents(source, count: dimensions)
    targetComponents = try PrincipalComponents(target, count: dimensions)
    alignment = sourceComponents.directions.timesTransposed(targetComponents.directions)
  }

  /// `[examples, dimensions]` of source examples.
  public func source(_ features: Matrix) -> Matrix {
    sourceComponents(features).times(alignment)
  }

  /// `[examples, dimensions]` of target examples.
  public func target(_ features: Matrix) -> Matrix { targetComponents(features) }
}

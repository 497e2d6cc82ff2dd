public import TributaryCore
public import TributaryFederation

/// Distils models into one. Injected, because the coordinator links neither models nor data.
public protocol EnsembleDistiller: Sendable {
  /// `globals` after learning from `ensemble`, which are tensors of the same names and shapes.
  ///
  /// - Parameter round: under which random numbers are drawn.
  func distilled(
    _ globals: ParameterTree<HostTensor>, from ensemble: [ParameterTree<HostTensor>],
    by fusion: EnsembleFusion, round: Int
  ) async throws -> ParameterTree<HostTensor>
}

public import TributaryCore

/// Measures a model on held-out data. Injected, because the coordinator links neither models nor data.
public protocol ModelEvaluator: Sendable {
  /// Metrics by name (`accuracy`, `loss`) of the model whose tensors these are: frozen and moving.
  func evaluate(_ tensors: ParameterTree<HostTensor>) async throws -> [String: Double]
}

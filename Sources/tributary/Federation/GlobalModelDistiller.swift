import Foundation
import TributaryCoordinator
import TributaryCore
import TributaryFederation
import TributaryTransfer
import TributaryWorker

/// Distils a round's models on the run's public examples.
final class GlobalModelDistiller: EnsembleDistiller {
  private let distillation: EnsembleDistillation
  private let key: RandomKey

  /// A stack that deep recursion through a gradient's graph does not fill.
  private static let stackByteCount = 64 << 20

  init(_ distillation: EnsembleDistillation, key: RandomKey) {
    self.distillation = distillation
    self.key = key
  }

  func distilled(
    _ globals: ParameterTree<HostTensor>, from ensemble: [ParameterTree<HostTensor>],
    by fusion: EnsembleFusion, round: Int
  ) async throws -> ParameterTree<HostTensor> {
    let cancellation = Cancellation()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let thread = Thread { [distillation, key] in
          continuation.resume(
            with: Result {
              try distillation.distilled(
                globals, from: ensemble, epochs: fusion.epochs, batchSize: fusion.batchSize,
                learningRate: fusion.learningRate, round: round, key: key.at(round),
                isCancelled: { cancellation.isCancelled })
            })
        }
        thread.stackSize = Self.stackByteCount
        thread.name = "distiller"
        thread.start()
      }
    } onCancel: {
      cancellation.cancel()
    }
  }
}

import Synchronization
import TributaryCoordinator
import TributaryCore
import TributaryPlan
import TributaryStorage
import TributaryTransfer
import TributaryWorker

/// Measures a run's models on its test examples, and knows what became of the last one.
final class GlobalModelEvaluator: ModelEvaluator {
  private let evaluator: TestEvaluator
  /// In label order.
  private let classes: [String]
  private let last = Mutex<(tensors: ParameterTree<HostTensor>, evaluation: Evaluation)?>(nil)

  /// Larger confusion matrices are not written.
  private static let classLimit = 1000

  init(_ evaluator: TestEvaluator, classes: [String]) {
    self.evaluator = evaluator
    self.classes = classes
  }

  func evaluate(_ tensors: ParameterTree<HostTensor>) async throws -> [String: Double] {
    let cancellation = Cancellation()
    return try await withTaskCancellationHandler {
      guard !evaluator.isEpisodic else {
        return try evaluator.measure(tensors, isCancelled: { cancellation.isCancelled })
      }
      let found = try evaluator.evaluate(tensors, isCancelled: { cancellation.isCancelled })
      last.withLock { $0 = (tensors, found) }
      return found.metrics
    } onCancel: {
      cancellation.cancel()
    }
  }

  private struct Report: Encodable {
    var classes: [String]
    var confusion: [[Int]]
  }

  /// Writes the confusion matrix of the model with `tensors`, which is measured anew only where it is not the last one.
  func writeConfusion(of tensors: ParameterTree<HostTensor>, to path: String) throws {
    guard classes.count <= Self.classLimit, !evaluator.isEpisodic else { return }
    let kept = last.withLock { $0?.tensors == tensors ? $0?.evaluation : nil }
    let evaluation = try kept ?? evaluator.evaluate(tensors)
    let text = try PlanJSON.encode(
      Report(classes: classes, confusion: evaluation.confusion.counts))
    try DurableFile.write(Bytes(copying: Array((text + "\n").utf8)), to: path)
  }
}

/// Whether a client is better off without what was transferred to it: negative transfer (Rosenstein et al. 2005).
///
/// Told on examples that the client held out. They choose between three models and are then no measure of the chosen
/// one any more: its accuracy on them is a little too good.
public struct TransferVerdict: Sendable, Equatable {
  public enum Model: String, Sendable {
    case transferred
    case scratch
    case head
  }

  /// The most accurate one; of several the one with the least loss, and before all others the transferred one.
  public let best: Model
  /// Its accuracy.
  public let accuracy: Double

  /// Whether training from scratch, or of a classifier alone, gives a more accurate model than the transfer.
  public var isNegative: Bool { best != .transferred }

  /// - Parameter metrics: a client's, with those of both baselines.
  /// - Returns: nil where something was not measured.
  public init?(_ metrics: [String: Double]) {
    let own = ["tuned", "personal", "global"].first { metrics[$0 + "Accuracy"] != nil }
    guard let own else { return nil }
    var best: (model: Model, accuracy: Double, loss: Double)?
    for (model, name) in [(Model.transferred, own), (.scratch, "scratch"), (.head, "head")] {
      guard let accuracy = metrics[name + "Accuracy"], let loss = metrics[name + "Loss"] else {
        return nil
      }
      guard let former = best else {
        best = (model, accuracy, loss)
        continue
      }
      let isBetter =
        accuracy > former.accuracy
        || accuracy == former.accuracy && former.model != .transferred && loss < former.loss
      if isBetter { best = (model, accuracy, loss) }
    }
    guard let best else { return nil }
    (self.best, accuracy) = (best.model, best.accuracy)
  }

  /// What is reported of it: `negativeTransfer`, 1 or 0, and `keptAccuracy` where the client keeps the best model.
  public func metrics(fallsBack: Bool) -> [String: Double] {
    var metrics = ["negativeTransfer": isNegative ? 1.0 : 0]
    if fallsBack { metrics["keptAccuracy"] = accuracy }
    return metrics
  }
}

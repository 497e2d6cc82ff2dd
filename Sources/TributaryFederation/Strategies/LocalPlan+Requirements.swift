internal import TributaryCore
internal import TributaryPlan

extension LocalPlan {
  /// For algorithms that take a client's change for a sum of gradients.
  /// - Throws: `strategy.local` for another optimiser than SGD, and for momentum.
  func requirePlainSGD(for strategy: String) throws {
    guard optimizer.kind == .sgd, optimizer.momentum == 0 else {
      throw TributaryError(
        "strategy.local", "\(strategy) needs plain SGD on the clients",
        advice: "set local.optimizer.kind to sgd, without momentum")
    }
  }
}

internal import Foundation
internal import TributaryPlan

/// FedNova's client (Wang et al. 2020): plain training, and the norm of the weights with which its gradients enter
/// the update (section 4.1).
struct FedNovaClient: ClientAlgorithm {
  static let kind = "fednova"

  init(options _: [String: Double]) {}

  func run(_ task: LocalTask) throws -> LocalOutcome {
    var outcome = LocalOutcome(result: try task.train())
    outcome.metrics["normalizer"] = Self.normalizer(steps: outcome.result.steps, task.trainer.plan)
    return outcome
  }

  /// ‖a‖₁ for `steps` steps of SGD: their number; with momentum ρ (τ − ρ (1 − ρ^τ) / (1 − ρ)) / (1 − ρ); with a
  /// proximal term μ (1 − (1 − ημ)^τ) / (ημ).
  static func normalizer(steps: Int, _ plan: LocalPlan) -> Double {
    let count = Double(steps)
    let momentum = plan.optimizer.momentum
    if momentum > 0 {
      return (count - momentum * (1 - pow(momentum, count)) / (1 - momentum)) / (1 - momentum)
    }
    let decay = plan.optimizer.learningRate * plan.proximal
    return decay > 0 && decay < 1 ? (1 - pow(1 - decay, count)) / decay : count
  }
}

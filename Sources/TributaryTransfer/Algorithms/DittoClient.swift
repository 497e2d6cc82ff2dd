internal import TributaryCore
internal import TributaryTensor

/// Ditto's client (Li et al. 2021, algorithm 1): FedAvg's training for the federation, and a model of its own that
/// is pulled towards the one received.
struct DittoClient: ClientAlgorithm {
  static let kind = "ditto"
  static let hasMemory = true
  private let lambda: Float

  init(options: [String: Double]) { lambda = Float(options["lambda"] ?? 0.1) }

  func run(_ task: LocalTask) throws -> LocalOutcome {
    var outcome = LocalOutcome(result: try task.train())
    let own = task.memory.carried("personal")
    let result = try task.train(
      from: own.isEmpty ? task.moving : own,
      terms: LocalTerms(pulls: [.init(strength: lambda, origin: task.moving)]),
      key: task.key.at("personal"))
    outcome.personal = result.moving
    outcome.memory = result.moving.asCarried("personal")
    return outcome
  }

  func personalModel(_ task: LocalTask) throws -> ParameterTree<Tensor>? {
    let own = task.memory.carried("personal")
    return own.isEmpty ? nil : own
  }
}

internal import TributaryCore
internal import TributaryTensor

/// MOON's client (Li, He & Song 2021): its features are drawn towards the received model's and away from its own
/// last model's, which it remembers.
struct MOONClient: ClientAlgorithm {
  static let kind = "moon"
  static let hasMemory = true
  private let mu: Float
  private let temperature: Float

  init(options: [String: Double]) {
    mu = Float(options["mu"] ?? 1)
    temperature = Float(max(options["temperature"] ?? 0.5, 1e-3))
  }

  func run(_ task: LocalTask) throws -> LocalOutcome {
    let last = task.memory.carried("last")
    var terms = LocalTerms()
    if !last.isEmpty, mu > 0 {
      let contrast = ModelContrast(
        weight: mu, temperature: temperature, model: task.trainer.model,
        near: task.frozen.merging(task.moving), far: task.frozen.merging(last))
      terms.losses.append(contrast.loss)
    }
    var outcome = LocalOutcome(result: try task.train(terms: terms))
    outcome.memory = outcome.result.moving.asCarried("last")
    return outcome
  }
}

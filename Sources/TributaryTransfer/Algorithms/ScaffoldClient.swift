internal import TributaryCore
internal import TributaryTensor

/// SCAFFOLD's client (Karimireddy et al. 2020, algorithm 1, option II): every gradient is corrected by c − c_i.
///
///     y ← y − η (∇F_i(y) − c_i + c)        c_i ← c_i − c + (x − y) / Σ η
struct ScaffoldClient: ClientAlgorithm {
  static let kind = "scaffold"
  static let hasMemory = true

  init(options _: [String: Double]) {}

  func run(_ task: LocalTask) throws -> LocalOutcome {
    let own = task.remembered(Self.control)
    let correction = try task.carried.carried(Self.control).map { name, server in
      guard let variate = own[name], variate.shape == server.shape else {
        throw TributaryError("client.state", "there is no control variate for \(name)")
      }
      return server - variate
    }
    let result = try task.train(terms: LocalTerms(linear: correction))
    return withoutGradient {
      let next = correction.compactMap { name, correction -> Tensor? in
        guard let start = task.moving[name], let end = result.moving[name] else { return nil }
        return (start - end) * Float(1 / result.learningRateSum) - correction
      }
      var outcome = LocalOutcome(result: result)
      outcome.memory = next.asCarried(Self.control)
      outcome.carried = next.compactMap { name, variate in own[name].map { variate - $0 } }
        .asCarried(Self.control)
      return outcome
    }
  }

  private static let control = "control"
}

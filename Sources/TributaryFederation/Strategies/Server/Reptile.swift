internal import TributaryCore

/// Reptile (Nichol, Achiam & Schulman 2018, "On first-order meta-learning algorithms", batched
/// version): a step towards the plain mean of the clients' results, whatever their numbers of examples.
///
///     φ ← φ + ε · (1/k) Σ (W_i − φ)
///
/// ε is `stepSize`; with `finalStepSize` it goes linearly from `stepSize` in the first round towards
/// `finalStepSize` after the last, as in the paper's experiments (1 to 0):
/// ε_r = stepSize + (finalStepSize − stepSize) · (r − 1) / rounds.
public struct Reptile: Strategy {
  public static let kind = "reptile"
  public static let options = [
    StrategyOption(
      "stepSize", default: 1, in: Double.leastNormalMagnitude...10,
      "the step towards the mean of the clients' weights, a number above 0 and up to 10"),
    StrategyOption(
      "finalStepSize", default: nil, in: 0...10,
      "what the step size goes to, linearly over the rounds, 0 to 10; without it, it stays"),
  ]

  private let stepSize: Double
  private let finalStepSize: Double

  public init(options: StrategyOptions) {
    stepSize = options["stepSize"] ?? 1
    finalStepSize = options["finalStepSize"] ?? stepSize
  }

  public func weight(of contribution: Contribution) throws -> Int {
    try contribution.equalWeight()
  }

  public func step(_ input: ServerStepInput) throws -> ServerStepOutput {
    let progress = Double(input.round - 1) / Double(max(input.rounds, 1))
    return ServerStepOutput(
      globals: try ServerStep.moved(
        input, by: stepSize + (finalStepSize - stepSize) * progress),
      state: input.state)
  }
}

public import TributaryCore

/// FedBuff (Nguyen et al. 2022, "Federated learning with buffered asynchronous aggregation"): the server steps
/// whenever `bufferSize` updates are in, and stale ones count for less.
///
///     w ← w + η · (1/K) Σ Δ_i / √(1 + τ_i)
///
/// K is `bufferSize` (10 in the paper), η `serverLearningRate`, τ_i the number of server steps since client i began
/// to train. `concurrency` clients are at work at a time (default: `federation.clientsPerRound`, or all); a round is
/// one server step. Every client counts the same, as in the paper. The stale share of a buffer's change is dropped
/// as that of a parameter's is; integer counters take the mean.
///
/// Who fills a buffer is decided by virtual durations (`Flights`), so the digest does not depend on timing, in a
/// cluster either: a coordinator waits for the updates of the buffer that is due, while all others train on.
public struct FedBuff: Strategy {
  public static let kind = "fedbuff"
  public static let options: [StrategyOption] = [
    StrategyOption(
      "bufferSize", default: 10, in: 1...1_000_000, "updates a server step, a whole number from 1"),
    StrategyOption(
      "concurrency", default: nil, in: 1...1_000_000,
      "clients at work at a time, a whole number from 1; without it federation.clientsPerRound, or all"
    ),
    .serverLearningRate(default: 1),
  ]

  private let bufferSize: Int
  private let concurrency: Int?
  private let serverLearningRate: Double

  public init(options: StrategyOptions) {
    bufferSize = Int((options["bufferSize"] ?? 10).rounded())
    concurrency = options["concurrency"].map { Int($0.rounded()) }
    serverLearningRate = options["serverLearningRate"] ?? 1
  }

  public var buffer: UpdateBuffer? { UpdateBuffer(size: bufferSize, concurrency: concurrency) }

  public func weight(of contribution: Contribution) throws -> Int {
    try contribution.equalWeight()
  }

  public func postProcessed(
    _ delta: ParameterTree<HostTensor>, of contribution: inout Contribution, buffers _: Set<String>
  ) throws -> ParameterTree<HostTensor> {
    guard contribution.staleness > 0 else { return delta }
    let share = 1 / Double(1 + contribution.staleness).squareRoot()
    return try delta.scaled(by: share, except: [])
  }

  public func step(_ input: ServerStepInput) throws -> ServerStepOutput {
    ServerStepOutput(
      globals: try ServerStep.moved(input, by: serverLearningRate), state: input.state)
  }
}

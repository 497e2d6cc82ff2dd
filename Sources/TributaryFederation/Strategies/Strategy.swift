public import TributaryCore
public import TributaryPlan

/// How clients' updates become the next global model: which clients, with which weights, which step.
///
/// A strategy is a value without state of its own; what it must remember from round to round (a
/// server optimiser's moments) is a tree of tensors that the ledger keeps. The sum itself is always
/// exact (`ExactAccumulator`), so no strategy can depend on the order in which updates arrive.
public protocol Strategy: Sendable {
  /// The name under which it is registered and which `federation.strategy.kind` gives.
  static var kind: String { get }
  /// The numbers it understands.
  static var options: [StrategyOption] { get }

  /// `options` has been checked against `Self.options` and lacks nothing.
  init(options: StrategyOptions)

  /// The clients that round `round` asks, in the order of their names.
  ///
  /// A function of its arguments only. Default: `count` of `present` uniformly without replacement.
  func cohort(of present: [ClientID], count: Int?, round: Int, key: RandomKey) -> [ClientID]

  /// How clients train: the plan's `local` section, with what the strategy itself asks of them. Default: as the
  /// plan says.
  func training(_ plan: LocalPlan) -> LocalPlan

  /// The weight of one client's update in the mean: an integer from 1 to
  /// `ExactAccumulator.largestWeight`. Default: its number of examples.
  /// - Throws: `update.weight` where the contribution cannot be weighted.
  func weight(of contribution: Contribution) throws -> Int

  /// What is folded in place of a client's `delta` (clipping, noise). Default: `delta` itself.
  func postProcessed(
    _ delta: ParameterTree<HostTensor>, of contribution: Contribution
  ) throws -> ParameterTree<HostTensor>

  /// The state before round 1. Default: none.
  func initialState(for globals: ParameterTree<HostTensor>) throws -> ParameterTree<HostTensor>

  /// The next global tensors and state from the mean of the updates.
  func step(_ input: ServerStepInput) throws -> ServerStepOutput
}

/// What a strategy knows of an update besides the delta.
public struct Contribution: Sendable, Equatable {
  public var client: ClientID
  public var round: Int
  public var exampleCount: Int
  public var metrics: [String: Double]

  public init(client: ClientID, round: Int, exampleCount: Int, metrics: [String: Double] = [:]) {
    self.client = client
    self.round = round
    self.exampleCount = exampleCount
    self.metrics = metrics
  }
}

extension Contribution {
  /// 1, for strategies to which every client counts the same.
  /// - Throws: `update.weight` where the client trained on nothing.
  func equalWeight() throws -> Int {
    guard exampleCount > 0 else {
      throw TributaryError("update.weight", "\(client) reports \(exampleCount) examples")
    }
    return 1
  }
}

/// The server step's arguments.
public struct ServerStepInput: Sendable {
  public var globals: ParameterTree<HostTensor>
  /// The weighted mean of the deltas, with the names, types and shapes of `globals`.
  public var mean: ParameterTree<HostTensor>
  /// The names among `globals` that are buffers (running statistics), not trained parameters.
  public var buffers: Set<String>
  public var state: ParameterTree<HostTensor>
  /// From 1 to `rounds`.
  public var round: Int
  public var rounds: Int

  public init(
    globals: ParameterTree<HostTensor>, mean: ParameterTree<HostTensor>, buffers: Set<String> = [],
    state: ParameterTree<HostTensor> = [:], round: Int, rounds: Int
  ) {
    self.globals = globals
    self.mean = mean
    self.buffers = buffers
    self.state = state
    self.round = round
    self.rounds = rounds
  }
}

/// The server step's results.
public struct ServerStepOutput: Sendable, Equatable {
  public var globals: ParameterTree<HostTensor>
  public var state: ParameterTree<HostTensor>

  public init(globals: ParameterTree<HostTensor>, state: ParameterTree<HostTensor> = [:]) {
    self.globals = globals
    self.state = state
  }
}

extension Strategy {
  public func cohort(
    of present: [ClientID], count: Int?, round: Int, key: RandomKey
  ) -> [ClientID] {
    UniformSelection.cohort(of: present, count: count, round: round, key: key)
  }

  public func training(_ plan: LocalPlan) -> LocalPlan { plan }

  public func weight(of contribution: Contribution) throws -> Int {
    guard (1...ExactAccumulator.largestWeight).contains(contribution.exampleCount) else {
      throw TributaryError(
        "update.weight",
        "\(contribution.client) reports \(contribution.exampleCount) examples; an update needs 1 to \(ExactAccumulator.largestWeight)"
      )
    }
    return contribution.exampleCount
  }

  public func postProcessed(
    _ delta: ParameterTree<HostTensor>, of _: Contribution
  ) throws -> ParameterTree<HostTensor> { delta }

  public func initialState(
    for _: ParameterTree<HostTensor>
  ) throws -> ParameterTree<HostTensor> { [:] }
}

public import TributaryCore
public import TributaryPlan

/// How clients' updates become the next global model: how they train, with which weights, which step.
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

  /// How clients train: the plan's `local` section, with what the strategy itself asks of them. Default: as the
  /// plan says.
  /// - Throws: `strategy.local` for a local section that the strategy's algorithm does not hold for.
  func training(_ plan: LocalPlan) throws -> LocalPlan

  /// What moves and what stays on the clients: the plan's `transfer` section, with what the strategy itself
  /// keeps there. Default: as the plan says.
  func transfer(_ plan: TransferPlan) -> TransferPlan

  /// Tensors of the strategy's own that travel and are averaged with the model's, as they are before round 1;
  /// their names are `ParameterTree.carriedName`s. Default: none.
  func carried(
    with globals: ParameterTree<HostTensor>, buffers: Set<String>
  ) throws -> ParameterTree<HostTensor>

  /// How rounds go where they do not wait for a whole cohort. Default: nil, they do.
  var buffer: UpdateBuffer? { get }

  /// How the server distils the clients' models once it has their mean. Default: nil, it does not.
  var fusion: EnsembleFusion? { get }

  /// The weight of one client's update in the mean: an integer from 1 to
  /// `ExactAccumulator.largestWeight`. Default: its number of examples.
  /// - Throws: `update.weight` where the contribution cannot be weighted.
  func weight(of contribution: Contribution) throws -> Int

  /// What is folded in place of a client's `delta` (clipping, noise). Default: `delta` itself.
  ///
  /// - Parameters:
  ///   - contribution: its `notes` reach the server step.
  ///   - buffers: the names among `delta` that are running statistics.
  /// - Throws: `update.*` where the client's own numbers make no sense.
  func postProcessed(
    _ delta: ParameterTree<HostTensor>, of contribution: inout Contribution, buffers: Set<String>
  ) throws -> ParameterTree<HostTensor>

  /// The state before round 1. Default: none.
  func initialState(for globals: ParameterTree<HostTensor>) throws -> ParameterTree<HostTensor>

  /// The next global tensors and state from the mean of the updates. Default: the model moves by the mean.
  func step(_ input: ServerStepInput) throws -> ServerStepOutput
}

/// What a strategy knows of an update besides the delta.
public struct Contribution: Sendable, Equatable {
  public var client: ClientID
  public var round: Int
  public var exampleCount: Int
  /// How many rounds ago the client began: 0 where it trained the model that `round` found.
  public var staleness: Int
  /// What the client measured.
  public var metrics: [String: Double]
  /// What the strategy remembers of the update for its step.
  public var notes: [String: Double] = [:]

  public init(
    client: ClientID, round: Int, exampleCount: Int, staleness: Int = 0,
    metrics: [String: Double] = [:]
  ) {
    self.client = client
    self.round = round
    self.exampleCount = exampleCount
    self.staleness = staleness
    self.metrics = metrics
  }
}

extension Contribution {
  /// A number that the client must have measured.
  /// - Throws: `update.metric` where it is missing or not in `range`.
  func metric(_ name: String, in range: ClosedRange<Double>) throws -> Double {
    guard let value = metrics[name], range.contains(value) else {
      throw TributaryError(
        "update.metric",
        "\(client) reports \(metrics[name].map { "a \(name) of \($0)" } ?? "no \(name)"), expected \(range)"
      )
    }
    return value
  }

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
  /// What is known of each update in the mean, in the order of the clients' names.
  public var contributions: [Contribution]
  /// How many clients there are, asked or not.
  public var population: Int
  /// How the clients trained.
  public var local: LocalPlan

  public init(
    globals: ParameterTree<HostTensor>, mean: ParameterTree<HostTensor>, buffers: Set<String> = [],
    state: ParameterTree<HostTensor> = [:], round: Int, rounds: Int,
    contributions: [Contribution] = [], population: Int = 1, local: LocalPlan = LocalPlan()
  ) {
    self.globals = globals
    self.mean = mean
    self.buffers = buffers
    self.state = state
    self.round = round
    self.rounds = rounds
    self.contributions = contributions
    self.population = population
    self.local = local
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
  public func step(_ input: ServerStepInput) throws -> ServerStepOutput {
    ServerStepOutput(globals: try ServerStep.moved(input, by: 1), state: input.state)
  }

  public var buffer: UpdateBuffer? { nil }

  public var fusion: EnsembleFusion? { nil }

  public func training(_ plan: LocalPlan) throws -> LocalPlan { plan }

  public func transfer(_ plan: TransferPlan) -> TransferPlan { plan }

  public func carried(
    with _: ParameterTree<HostTensor>, buffers _: Set<String>
  ) throws -> ParameterTree<HostTensor> { [:] }

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
    _ delta: ParameterTree<HostTensor>, of _: inout Contribution, buffers _: Set<String>
  ) throws -> ParameterTree<HostTensor> { delta }

  public func initialState(
    for _: ParameterTree<HostTensor>
  ) throws -> ParameterTree<HostTensor> { [:] }
}

import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

/// One round of a strategy on a model of one weight `w` and one running statistic `norm.running_mean`.
struct StrategyRun {
  /// A client's update.
  struct Update {
    var w: Float
    var buffer: Float = 0
    var examples = 1
    var metrics: [String: Double] = [:]
    var carried: ParameterTree<HostTensor> = [:]
  }

  let strategy: any Strategy
  var globals: ParameterTree<HostTensor>
  var state: ParameterTree<HostTensor>
  var population: Int
  var local = LocalPlan(optimizer: OptimizerPlan(learningRate: 0.1))

  init(_ kind: String, _ options: [String: Double] = [:], population: Int) throws {
    strategy = try StrategyRegistry.make(StrategyPlan(kind: kind, options: options))
    let model: ParameterTree<HostTensor> = [
      "w": Self.scalar(1), "norm.running_mean": Self.scalar(5),
    ]
    globals = model.merging(try strategy.carried(with: model, buffers: Self.buffers))
    state = try strategy.initialState(for: model)
    self.population = population
  }

  static let buffers: Set = ["norm.running_mean"]
  static func scalar(_ value: Float) -> HostTensor { HostTensor([value], shape: [1]) }

  func value(_ name: String) throws -> Float { try #require(globals[name]).floats()[0] }

  mutating func round(_ updates: [Update]) throws {
    var accumulator = try ExactAccumulator(like: globals)
    var contributions: [Contribution] = []
    for (index, update) in updates.enumerated() {
      var contribution = Contribution(
        client: ClientID(index: index), round: 1, exampleCount: update.examples,
        metrics: update.metrics)
      let delta: ParameterTree<HostTensor> = [
        "w": Self.scalar(update.w), "norm.running_mean": Self.scalar(update.buffer),
      ]
      try accumulator.fold(
        strategy.postProcessed(
          delta.merging(update.carried), of: &contribution, buffers: Self.buffers),
        weight: strategy.weight(of: contribution))
      contributions.append(contribution)
    }
    let output = try strategy.step(
      ServerStepInput(
        globals: globals, mean: accumulator.mean(), buffers: Self.buffers, state: state, round: 1,
        rounds: 10, contributions: contributions, population: population, local: local))
    (globals, state) = (output.globals, output.state)
  }
}

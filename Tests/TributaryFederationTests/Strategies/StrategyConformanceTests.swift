import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

/// What every registered strategy must do, whatever its rule.
@Suite struct StrategyConformanceTests {
  /// One round with these updates: the way the coordinator goes.
  private func round(
    _ strategy: any Strategy, globals: ParameterTree<HostTensor>,
    deltas: [(ParameterTree<HostTensor>, Contribution)], order: [Int]? = nil,
    state: ParameterTree<HostTensor>? = nil, number: Int = 1
  ) throws -> ServerStepOutput {
    let buffers: Set = ["norm.running_var", "norm.count"]
    let carried = try strategy.carried(with: globals.withoutCarried, buffers: buffers)
    let all = carried.merging(globals)
    var accumulator = try ExactAccumulator(like: all)
    var arrivals: [(ClientID, ParameterTree<HostTensor>)] = []
    var contributions: [Contribution] = []
    for index in order ?? Array(deltas.indices) {
      var (delta, contribution) = deltas[index]
      // As a client's: the strategy's own tensors change with the model's.
      delta = delta.merging(
        carried.compactMap { name, _ in delta[String(name.drop { $0 != "/" }.dropFirst())] })
      delta = try strategy.postProcessed(delta, of: &contribution, buffers: buffers)
      try accumulator.fold(delta, weight: strategy.weight(of: contribution))
      arrivals.append((contribution.client, delta))
      contributions.append(contribution)
    }
    let mean =
      if let rule = strategy as? any RobustAggregation {
        try rule.aggregate(MemoryUpdateStack(arrivals), buffers: buffers)
      } else {
        try accumulator.mean()
      }
    return try strategy.step(
      ServerStepInput(
        globals: all, mean: mean, buffers: buffers,
        state: try state ?? strategy.initialState(for: globals), round: number, rounds: 10,
        contributions: contributions.sorted { $0.client < $1.client },
        population: contributions.count))
  }

  private func updates(
    _ count: Int, examples: Int? = nil
  ) -> [(ParameterTree<HostTensor>, Contribution)] {
    zip(Fixture.deltas(count, at: "strategy"), Fixture.weights(count)).enumerated().map {
      ($1.0, contribution($0, examples: examples ?? $1.1))
    }
  }

  private func contribution(_ index: Int, examples: Int) -> Contribution {
    Contribution(
      client: ClientID(index: index), round: 1, exampleCount: examples,
      metrics: [
        "loss": 0.5, "accuracy": 0.8, "normalizer": 3, "initialLoss": 0.7,
      ])
  }

  private let globals = Fixture.delta(Fixture.key.at("globals"), scale: 1)

  @Test(arguments: StrategyRegistry.kinds)
  func orderChangesNothing(kind: String) throws {
    let strategy = try StrategyRegistry.make(StrategyPlan(kind: kind))
    let deltas = updates(9)
    let expected = try round(strategy, globals: globals, deltas: deltas)
    for trial in 0..<10 {
      let order = Fixture.key.at("permute").at(trial).permutation(of: 9)
      #expect(try round(strategy, globals: globals, deltas: deltas, order: order) == expected)
    }
  }

  @Test(arguments: StrategyRegistry.kinds)
  func isAFunctionOfItsArguments(kind: String) throws {
    let deltas = updates(4)
    let first = try round(
      StrategyRegistry.make(StrategyPlan(kind: kind)), globals: globals, deltas: deltas)
    let second = try round(
      StrategyRegistry.make(StrategyPlan(kind: kind)), globals: globals, deltas: deltas)
    #expect(first == second)
  }

  @Test(arguments: StrategyRegistry.kinds)
  func equalDeltasCountOnceHoweverManyClients(kind: String) throws {
    let strategy = try StrategyRegistry.make(StrategyPlan(kind: kind))
    let delta = Fixture.delta(Fixture.key.at("equal"))
    let one = try round(strategy, globals: globals, deltas: [(delta, contribution(0, examples: 8))])
    let many = try round(
      strategy, globals: globals,
      deltas: (0..<8).map { (delta, contribution($0, examples: 8)) })
    #expect(one == many)
  }

  @Test(arguments: StrategyRegistry.kinds)
  func zeroDeltasLeaveTheModelAlone(kind: String) throws {
    let strategy = try StrategyRegistry.make(StrategyPlan(kind: kind))
    let zero = try globals.mapValues { tensor in
      try HostTensor(
        dtype: tensor.dtype, shape: tensor.shape,
        bytes: Bytes(copying: [UInt8](repeating: 0, count: tensor.bytes.count)))
    }
    let output = try round(
      strategy, globals: globals, deltas: [(zero, contribution(0, examples: 3))])
    #expect(output.globals.withoutCarried == globals)
  }

  @Test(arguments: StrategyRegistry.kinds)
  func keepsNamesTypesAndShapes(kind: String) throws {
    let strategy = try StrategyRegistry.make(StrategyPlan(kind: kind))
    let output = try round(strategy, globals: globals, deltas: updates(3))
    let model = output.globals.withoutCarried
    #expect(model.names == globals.names)
    #expect(model.values.map(\.shape) == globals.values.map(\.shape))
    #expect(model.values.map(\.dtype) == globals.values.map(\.dtype))
    #expect(output.state.names == (try strategy.initialState(for: globals)).names)
  }

  @Test(arguments: StrategyRegistry.kinds)
  func refusesClientsWithoutExamples(kind: String) throws {
    let strategy = try StrategyRegistry.make(StrategyPlan(kind: kind))
    for examples in [0, -5] {
      #expect(throws: TributaryError.self) {
        try strategy.weight(of: contribution(0, examples: examples))
      }
    }
  }

  @Test(arguments: StrategyRegistry.kinds)
  func weightsAreWithinTheAccumulatorsRange(kind: String) throws {
    let strategy = try StrategyRegistry.make(StrategyPlan(kind: kind))
    for examples in [1, 2, 600, 1 << 20, ExactAccumulator.largestWeight] {
      let weight = try strategy.weight(of: contribution(0, examples: examples))
      #expect((1...ExactAccumulator.largestWeight).contains(weight))
    }
  }

  @Test(arguments: StrategyRegistry.kinds)
  func stateThatWasStoredGoesOnTheSame(kind: String) throws {
    let strategy = try StrategyRegistry.make(StrategyPlan(kind: kind))
    let first = try round(strategy, globals: globals, deltas: updates(3))
    // What a checkpoint keeps: bytes, copied.
    let restored = try first.state.mapValues { tensor in
      try HostTensor(
        dtype: tensor.dtype, shape: tensor.shape,
        bytes: Bytes(copying: tensor.bytes.array(of: UInt8.self)))
    }
    let fresh = try StrategyRegistry.make(StrategyPlan(kind: kind))
    let expected = try round(
      strategy, globals: first.globals, deltas: updates(3), state: first.state, number: 2)
    let found = try round(
      fresh, globals: first.globals, deltas: updates(3), state: restored, number: 2)
    #expect(found == expected)
  }

  @Test(arguments: StrategyRegistry.kinds)
  func optionsAreChecked(kind: String) throws {
    let type = try #require(StrategyRegistry.all.first { $0.kind == kind })
    for option in type.options {
      let low = [option.name: option.range.lowerBound - 1]
      let high = [option.name: option.range.upperBound * 2 + 1]
      let nan = [option.name: Double.nan]
      for options in [low, high, nan] {
        #expect(throws: TributaryError.self) {
          try StrategyRegistry.make(StrategyPlan(kind: kind, options: options))
        }
      }
      if let value = option.defaultValue { #expect(option.range.contains(value)) }
    }
  }
}

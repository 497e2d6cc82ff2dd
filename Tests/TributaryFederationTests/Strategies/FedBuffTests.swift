import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

@Suite struct FedBuffTests {
  private func strategy(_ options: [String: Double] = [:]) throws -> any Strategy {
    try StrategyRegistry.make(StrategyPlan(kind: "fedbuff", options: options))
  }

  /// w + η/K · Σ Δ/√(1 + τ) by hand: 1 + 2/3 · (0.6/1 + 0.4/2 + 0.3/3), whatever the numbers of examples.
  @Test func staleUpdatesCountForLess() throws {
    let strategy = try strategy(["bufferSize": 3, "serverLearningRate": 2])
    let globals: ParameterTree<HostTensor> = ["w": StrategyRun.scalar(1)]
    var accumulator = try ExactAccumulator(like: globals)
    for (client, (delta, staleness)) in [(Float(0.6), 0), (0.4, 3), (0.3, 8)].enumerated() {
      var contribution = Contribution(
        client: ClientID(index: client), round: 9, exampleCount: 10 + 100 * client,
        staleness: staleness)
      try accumulator.fold(
        strategy.postProcessed(
          ["w": StrategyRun.scalar(delta)], of: &contribution, buffers: []),
        weight: strategy.weight(of: contribution))
    }
    let output = try strategy.step(
      ServerStepInput(globals: globals, mean: accumulator.mean(), round: 9, rounds: 10))
    #expect(abs(try #require(output.globals["w"]).floats()[0] - 1.6) < 1e-6)
  }

  @Test func countersAreNotScaled() throws {
    var contribution = Contribution(
      client: ClientID(index: 0), round: 5, exampleCount: 1, staleness: 3)
    let delta: ParameterTree<HostTensor> = [
      "w": StrategyRun.scalar(4), "norm.count": Fixture.counter(7),
    ]
    let found = try strategy().postProcessed(delta, of: &contribution, buffers: ["norm.count"])
    #expect(try found["w"]?.floats() == [2] && found["norm.count"] == Fixture.counter(7))
  }

  @Test func theBufferIsAsThePlanSays() throws {
    #expect(try strategy().buffer == UpdateBuffer(size: 10))
    #expect(
      try strategy(["bufferSize": 4, "concurrency": 30]).buffer
        == UpdateBuffer(size: 4, concurrency: 30))
  }

  @Test func aBufferThatCannotBeFilledIsRefused() throws {
    let strategy = try strategy(["bufferSize": 4])
    let plan = FederationPlan(minimumClients: 3)
    #expect(try plan.withQuorum(for: strategy, expectedClients: 4) == plan)
    #expect(throws: TributaryError.self) {
      try plan.withQuorum(for: strategy, expectedClients: 3)
    }
    #expect(throws: TributaryError.self) {
      try FederationPlan(minimumClients: 5).withQuorum(for: strategy, expectedClients: 9)
    }
  }
}

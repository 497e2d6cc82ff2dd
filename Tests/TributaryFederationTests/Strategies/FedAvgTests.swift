import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

@Suite struct FedAvgTests {
  private func step(_ options: [String: Double], buffers: Set<String> = []) throws -> [Float] {
    let strategy = try StrategyRegistry.make(StrategyPlan(kind: "fedavg", options: options))
    let globals: ParameterTree<HostTensor> = ["w": HostTensor([1, 10], shape: [2])]
    var accumulator = try ExactAccumulator(like: globals)
    for (index, (values, examples)) in [([2, 0] as [Float], 30), ([-2, 4], 10)].enumerated() {
      let contribution = Contribution(
        client: ClientID(index: index), round: 1, exampleCount: examples)
      try accumulator.fold(
        ["w": HostTensor(values, shape: [2])], weight: strategy.weight(of: contribution))
    }
    let output = try strategy.step(
      ServerStepInput(
        globals: globals, mean: accumulator.mean(), buffers: buffers, round: 1, rounds: 3))
    return try #require(try output.globals["w"]?.floats())
  }

  @Test func weighsByExamples() throws {
    // (2 · 30 − 2 · 10) / 40 = 1 and 4 · 10 / 40 = 1
    #expect(try step([:]) == [2, 11])
  }

  @Test func serverLearningRateScalesTheStep() throws {
    #expect(try step(["serverLearningRate": 0.5]) == [1.5, 10.5])
    #expect(try step(["serverLearningRate": 2]) == [3, 12])
  }

  @Test func buffersNeverGoBeyondTheMean() throws {
    #expect(try step(["serverLearningRate": 2], buffers: ["w"]) == [2, 11])
    #expect(try step(["serverLearningRate": 0.5], buffers: ["w"]) == [1.5, 10.5])
  }
}

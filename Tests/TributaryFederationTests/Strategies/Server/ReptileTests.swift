import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

@Suite struct ReptileTests {
  private func step(_ options: [String: Double], round: Int = 1) throws -> Float {
    let strategy = try StrategyRegistry.make(StrategyPlan(kind: "reptile", options: options))
    let globals: ParameterTree<HostTensor> = ["w": HostTensor([1], shape: [1])]
    var accumulator = try ExactAccumulator(like: globals)
    for (index, (value, examples)) in [(3 as Float, 1000), (-1, 1)].enumerated() {
      let contribution = Contribution(
        client: ClientID(index: index), round: round, exampleCount: examples)
      try accumulator.fold(
        ["w": HostTensor([value], shape: [1])], weight: strategy.weight(of: contribution))
    }
    let output = try strategy.step(
      ServerStepInput(globals: globals, mean: accumulator.mean(), round: round, rounds: 4))
    return try #require(try output.globals["w"]?.floats().first)
  }

  @Test func takesThePlainMean() throws { #expect(try step([:]) == 2) }

  @Test func stepSizeScalesTheStep() throws { #expect(try step(["stepSize": 0.25]) == 1.25) }

  @Test func stepSizeGoesLinearlyToTheFinalOne() throws {
    let options = ["stepSize": 1.0, "finalStepSize": 0]
    #expect(try (1...4).map { try step(options, round: $0) } == [2, 1.75, 1.5, 1.25])
  }
}

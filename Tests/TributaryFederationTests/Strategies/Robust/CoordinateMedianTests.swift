import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

@Suite struct CoordinateMedianTests {
  @Test func takesTheMiddleOfEachCoordinate() throws {
    #expect(try aggregate("median", [[1, 5], [9, 4], [2, -1e6]]) == [2, 4])
    #expect(try aggregate("median", [[1, 5], [9, 4], [2, -1e6], [3, 7]]) == [2.5, 4.5])
  }

  @Test func serverLearningRateScalesTheStep() throws {
    let strategy = try StrategyRegistry.make(
      StrategyPlan(kind: "median", options: ["serverLearningRate": 0.5]))
    let output = try strategy.step(
      ServerStepInput(
        globals: ["w": HostTensor([10], shape: [1])], mean: ["w": HostTensor([4], shape: [1])],
        round: 1, rounds: 1))
    #expect(try output.globals["w"]?.floats() == [12])
  }
}

import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

@Suite struct FedDFTests {
  /// Its own step is FedAvg's; what follows is the distiller's.
  @Test func theServerStepIsTheMean() throws {
    let plan = StrategyPlan(kind: "feddf", options: ["epochs": 3, "learningRate": 0.01])
    let strategy = try StrategyRegistry.make(plan)
    #expect(
      strategy.fusion == EnsembleFusion(epochs: 3, batchSize: 128, learningRate: 0.01))
    let (globals, mean) = (HostTensor([1, 2], shape: [2]), HostTensor([0.5, -1], shape: [2]))
    let output = try strategy.step(
      ServerStepInput(globals: ["w": globals], mean: ["w": mean], round: 1, rounds: 2))
    #expect(try output.globals["w"]?.floats() == [1.5, 1])
    #expect(try StrategyRegistry.make(StrategyPlan()).fusion == nil)
  }

  @Test(arguments: [("epochs", 0.5), ("batchSize", 0), ("learningRate", 0), ("temperature", 2)])
  func refuses(option: String, value: Double) {
    let error = #expect(throws: TributaryError.self) {
      try StrategyRegistry.make(StrategyPlan(kind: "feddf", options: [option: value]))
    }
    #expect(error?.code == "strategy.option")
  }
}

import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

@Suite struct ScaffoldTests {
  @Test func controlMovesByTheShareOfClientsThatTookPart() throws {
    var run = try StrategyRun("scaffold", population: 8)
    let control = { (value: Float) -> ParameterTree<HostTensor> in
      ["@control/w": StrategyRun.scalar(value)]
    }
    try run.round([
      .init(w: 2, examples: 100, carried: control(4)),
      .init(w: 4, examples: 1, carried: control(8)),
    ])
    // Both clients count the same; 2 of 8 took part.
    #expect(try run.value("w") == 4)
    #expect(try run.value("@control/w") == 1.5)
  }

  @Test func buffersHaveNoVariate() throws {
    let run = try StrategyRun("scaffold", population: 2)
    #expect(run.globals.names == ["@control/w", "norm.running_mean", "w"])
  }

  @Test func serverLearningRateIsTheModelsAlone() throws {
    var run = try StrategyRun("scaffold", ["serverLearningRate": 0.5], population: 1)
    try run.round([.init(w: 2, buffer: 3, carried: ["@control/w": StrategyRun.scalar(4)])])
    #expect(try run.value("w") == 2)
    #expect(try run.value("norm.running_mean") == 8)
    #expect(try run.value("@control/w") == 4)
  }
}

import Testing
import TributaryCore
@testable import TributaryPlan

@Suite struct SweepGridTests {
  @Test func oneValueEachIsNoSweep() throws {
    let overrides = ["local.epochs=2", "data.labels=[1, 2]", "wrong"]
    let grid = try SweepGrid(overrides: overrides)
    #expect(!grid.isSweep && grid.seeds == nil)
    #expect(grid.cells == [SweepGrid.Cell(name: "base", values: [], overrides: overrides)])
    #expect(try SweepGrid(overrides: [], seeds: [3]).isSweep)
  }

  @Test func listsMultiply() throws {
    let grid = try SweepGrid(
      overrides: [
        "federation.strategy.kind=fedprox, scaffold", "federation.rounds=4", "local . epochs=1,5",
      ], seeds: [1, 2])
    #expect(grid.axes.map(\.key) == ["federation.strategy.kind", "local.epochs"])
    #expect(
      grid.cells.map(\.values) == [
        ["fedprox", "1"], ["fedprox", "5"], ["scaffold", "1"], ["scaffold", "5"],
      ])
    #expect(
      grid.cells[2].overrides == [
        "federation.strategy.kind=scaffold", "federation.rounds=4", "local.epochs=1",
      ])
    #expect(grid.cells[2].name == "federation.strategy.kind=scaffold,local.epochs=1")
    #expect(Set(grid.cells.map(\.name)).count == 4)
    #expect(grid.shortKeys == ["kind", "epochs"])
  }

  @Test func everyCellIsAPlan() throws {
    let grid = try SweepGrid(
      overrides: ["federation.strategy={kind: fedprox},{kind: reptile, stepSize: 0.5}"])
    let plans = try grid.cells.map {
      try RunPlanReader.read(yaml: fullPlan, file: "run.yaml", overrides: $0.overrides)
    }
    #expect(plans.map(\.federation.strategy.kind) == ["fedprox", "reptile"])
    #expect(plans.map(\.federation.strategy.options) == [[:], ["stepSize": 0.5]])
  }

  @Test func shortKeysTellAxesApart() throws {
    let grid = try SweepGrid(
      overrides: ["federation.strategy.kind=a,b", "data.partition.kind=c,d", "name=e,f"])
    #expect(grid.shortKeys == ["strategy.kind", "partition.kind", "name"])
  }

  @Test(arguments: [
    (["local.epochs=1,"], [UInt64]?.none, "sweep.values"),
    (["local.epochs=1,2,1"], nil, "sweep.values"),
    (["local.epochs=1,2", "local.epochs=3"], nil, "sweep.key"),
    (["seed=1,2"], nil, "sweep.seed"),
    (["seed=1"], [1, 2], "sweep.seed"),
    (["a=\((0..<200).map(String.init).joined(separator: ","))"], Array(0..<51), "sweep.size"),
  ])
  func refuses(_ overrides: [String], _ seeds: [UInt64]?, _ code: String) {
    let error = #expect(throws: TributaryError.self) {
      try SweepGrid(overrides: overrides, seeds: seeds)
    }
    #expect(error?.code == code)
  }
}

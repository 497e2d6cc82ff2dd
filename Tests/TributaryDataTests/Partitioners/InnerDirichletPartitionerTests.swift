import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct InnerDirichletPartitionerTests {
  private func plan(_ settings: [String: PlanSetting], clients: Int? = 8) -> PartitionPlan {
    PartitionPlan(kind: "inner-dirichlet", clients: clients, settings: settings)
  }

  @Test func isDistributedAsFlowers() throws {
    let golden = try FlowerGolden.read()
    let figures = try golden.figures(plan(["alpha": 0.3]))
    #expect(abs(figures.totalVariation - golden.innerDirichlet.totalVariation) < 0.02)
    #expect(figures.sizeVariation == 0)
    #expect(abs(figures.classes - golden.innerDirichlet.classes) < 0.1)
  }

  @Test func sizesMayBeGiven() throws {
    let golden = try FlowerGolden.read()
    let parts = try golden.divide(plan(["sizes": [10, 500, 90]], clients: nil))
    #expect(parts.map(\.count) == [10, 500, 90] && parts.unusedCount == 400)
    let text = message {
      _ = try golden.divide(plan(["sizes": [600, 401]], clients: nil))
    }
    #expect(text == "data.partition.sizes: add up to 1001, but there are 1000 examples")
  }

  @Test func aConcentrationForEachClass() throws {
    let golden = try FlowerGolden.read()
    let onlyTheFirst: PlanSetting = [100, 1e-9, 1e-9, 1e-9, 1e-9]
    let parts = try golden.divide(plan(["alpha": onlyTheFirst, "sizes": [50]], clients: 1))
    #expect(parts[0].allSatisfy { golden.labels[$0] == 0 })
    #expect(
      message { _ = try golden.divide(plan(["alpha": [1, 2]])) }
        == "data.partition.alpha: has 2 numbers for 5 classes")
  }
}

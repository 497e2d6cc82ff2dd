import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct SizePartitionerTests {
  private func divide(_ sizes: PlanSetting) throws -> DataPartition {
    try FlowerGolden.read().divide(PartitionPlan(kind: "sizes", settings: ["sizes": sizes]))
  }

  @Test func sizesAreThoseThatAreSaid() throws {
    let parts = try divide([300, 1, 650])
    #expect(parts.map(\.count) == [300, 1, 650] && parts.unusedCount == 49)
  }

  @Test func moreThanThereIsIsRefused() {
    #expect(
      message { _ = try divide([999, 2]) }
        == "data.partition.sizes: add up to 1001, but there are 1000 examples")
  }
}

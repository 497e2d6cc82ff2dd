import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct NaturalIdPartitionerTests {
  private func divide(_ ids: [String]?, _ plan: PartitionPlan) throws -> DataPartition {
    try DataPartition(
      of: PartitionExamples(
        labels: (0..<(ids?.count ?? 3)).map { _ in 0 }, classes: 2, naturalIDs: ids),
      plan: plan, key: RandomKey(seed: 0))
  }

  @Test func countsAreFlowers() throws {
    let golden = try FlowerGolden.read()
    let parts = try golden.divide(PartitionPlan(kind: "natural-id"))
    #expect(golden.counts(parts) == golden.naturalID)
    #expect(parts.names == ["0", "1", "2", "4"])
  }

  @Test func numbersComeByValueAndNamesByTheirBytes() throws {
    let plan = PartitionPlan(kind: "natural-id")
    let numbers = try divide(["10", "9", "10"], plan)
    #expect(numbers.names == ["9", "10"] && Array(numbers) == [[1], [0, 2]])
    #expect(try divide(["b", "10", "9", "B"], plan).names == ["10", "9", "B", "b"])
  }

  @Test func smallOnesAreLeftOut() throws {
    let ids = ["a", "b", "b", "c", "c", "c", "d", "d"]
    let enough = try divide(ids, PartitionPlan(kind: "natural-id", minimumExamples: 2))
    #expect(enough.names == ["b", "c", "d"] && enough.unusedCount == 1)
    let largest = try divide(ids, PartitionPlan(kind: "natural-id", clients: 2))
    #expect(largest.names == ["b", "c"], "of two alike the first")
  }

  @Test func whatDoesNotFitIsSaid() {
    #expect(
      message { _ = try divide(["a"], PartitionPlan(kind: "natural-id", clients: 2)) }
        == "data.partition.clients: of 1 ids 1 have at least 1 examples")
    #expect(
      message { _ = try divide(["a"], PartitionPlan(kind: "natural-id", minimumExamples: 2)) }
        == "data.partition.minimumExamples: of 1 ids 0 have at least 2 examples")
    #expect(
      message { _ = try divide(nil, PartitionPlan(kind: "natural-id")) }
        == "data.partition.kind: the data do not say whose each example is")
  }
}

import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct ShardPartitionerTests {
  private func sizes(_ settings: [String: PlanSetting], clients: Int = 6) throws -> [Int] {
    try FlowerGolden.read().divide(
      PartitionPlan(kind: "shards", clients: clients, settings: settings)
    ).map(\.count)
  }

  @Test func sizesAreFlowers() throws {
    let golden = try FlowerGolden.read().shardSizes
    #expect(try sizes(["shardsPerClient": 3, "shardSize": 40]) == golden.both)
    #expect(try sizes(["shardSize": 60]) == golden.sizeAlone)
    #expect(
      try sizes(["shardSize": 60, "keepIncompleteShard": true]).sorted() == golden.incomplete)
  }

  @Test func allExamplesAreUsedWithoutASize() throws {
    #expect(try sizes(["shardsPerClient": 3]).reduce(0, +) == 1000)
    #expect(try sizes([:]).allSatisfy { (166...168).contains($0) })
  }

  @Test func aClientSeesFewLabels() throws {
    let labels = (0..<10_000).map { $0 * 7 % 10 }
    let parts = try DataPartition(
      of: PartitionExamples(labels: labels, classes: 10),
      plan: PartitionPlan(kind: "shards", clients: 50), key: RandomKey(seed: 0))
    #expect(parts.allSatisfy { $0.count == 200 })
    // A class is ten shards exactly.
    #expect(parts.allSatisfy { Set($0.map { labels[$0] }).count <= 2 })
    #expect(parts.contains { Set($0.map { labels[$0] }).count == 2 })
  }

  @Test func whatDoesNotFitIsSaid() {
    #expect(
      message { _ = try sizes(["shardsPerClient": 600], clients: 20) }
        == "1000 examples cannot be cut into 12000 shards")
    #expect(
      message { _ = try sizes(["shardSize": 200], clients: 20) }
        == "data.partition.shardSize: 1000 examples give 5 shards of 200, but 20 clients need 20")
  }
}

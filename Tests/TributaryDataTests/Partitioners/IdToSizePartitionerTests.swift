import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct IdToSizePartitionerTests {
  @Test func sizesAreFlowers() throws {
    let golden = try FlowerGolden.read()
    func sizes(_ kind: String, _ clients: Int) throws -> [Int] {
      try golden.divide(PartitionPlan(kind: kind, clients: clients)).map(\.count)
    }
    #expect(try sizes("linear", 7) == golden.linear)
    #expect(try sizes("square", 7) == golden.square)
    #expect(try sizes("exponential", 5) == golden.exponential)
  }

  @Test func aThousandClientsDoNotOverflow() throws {
    let plan = PartitionPlan(kind: "exponential", clients: 1000)
    let partitioner = try #require(try PartitionerRegistry.make(plan) as? ExponentialPartitioner)
    let sizes = partitioner.sizes(1_000_000)
    #expect(sizes.reduce(0, +) == 1_000_000 && sizes.allSatisfy { $0 >= 0 })
    #expect(abs(Double(sizes[999]) / 1e6 - 0.63212) < 1e-4, "1 - 1/e")
  }
}

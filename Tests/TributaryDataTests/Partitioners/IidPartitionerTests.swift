import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct IidPartitionerTests {
  @Test func partsAreEqual() throws {
    let golden = try FlowerGolden.read()
    let parts = try golden.divide(PartitionPlan(clients: 7))
    #expect(parts.map(\.count).sorted() == golden.iid.sorted())
  }

  @Test func labelsAreThoseOfAllData() throws {
    let labels = (0..<20_000).map { $0 % 10 }
    let parts = try DataPartition(
      of: PartitionExamples(labels: labels, classes: 10), plan: PartitionPlan(clients: 10),
      key: RandomKey(seed: 3))
    for part in parts {
      let zeros = part.count { labels[$0] == 0 }
      #expect(abs(zeros - 200) < 60)
    }
  }
}

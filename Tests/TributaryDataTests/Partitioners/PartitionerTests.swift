import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct PartitionerTests {
  private func labels(_ count: Int, classes: Int, seed: UInt64) -> [Int] {
    var stream = RandomKey(seed: seed).at("labels").generator
    return (0..<count).map { _ in stream.below(classes) }
  }

  @Test(arguments: PartitionPlan.Kind.allCases, [1, 3, 8])
  func everyExampleGoesToExactlyOneClient(_ kind: PartitionPlan.Kind, _ clients: Int) throws {
    for (seed, count) in [(1, 24), (2, 103), (3, 1000)] as [(UInt64, Int)] {
      let labels = labels(count, classes: 5, seed: seed)
      let plan = PartitionPlan(kind: kind, clients: clients, alpha: 0.5)
      let key = RandomKey(seed: seed)
      let parts = try Partitioner.partition(labels: labels, classes: 5, plan: plan, key: key)
      #expect(parts.count == clients)
      #expect(parts.flatMap { $0 }.sorted() == Array(0..<count))
      #expect(parts.allSatisfy { $0 == $0.sorted() && !$0.isEmpty })
      #expect(try Partitioner.partition(labels: labels, classes: 5, plan: plan, key: key) == parts)
      if clients > 1, count > 100 {
        let other = try Partitioner.partition(
          labels: labels, classes: 5, plan: plan, key: RandomKey(seed: seed + 100))
        #expect(other != parts)
      }
    }
  }

  @Test func iidPartsAreEqual() throws {
    let labels = labels(103, classes: 4, seed: 1)
    let parts = try Partitioner.partition(
      labels: labels, classes: 4, plan: PartitionPlan(clients: 10), key: RandomKey(seed: 0))
    #expect(parts.map(\.count).sorted() == [10, 10, 10, 10, 10, 10, 10, 11, 11, 11])
  }

  @Test func aShardsClientSeesFewLabels() throws {
    let labels = labels(10_000, classes: 10, seed: 4)
    let plan = PartitionPlan(kind: .shards, clients: 50, shardsPerClient: 2)
    let parts = try Partitioner.partition(
      labels: labels, classes: 10, plan: plan, key: RandomKey(seed: 0))
    #expect(parts.allSatisfy { $0.count == 200 })
    // Two shards of 100 hold at most two labels each where a border runs through them.
    #expect(parts.allSatisfy { Set($0.map { labels[$0] }).count <= 4 })
    let mean = Double(parts.reduce(0) { $0 + Set($1.map { labels[$0] }).count }) / 50
    #expect(mean < 2.6)
  }

  @Test func aSmallAlphaSkewsAndALargeOneDoesNot() throws {
    let labels = (0..<20_000).map { $0 % 10 }
    func largestShare(_ alpha: Double) throws -> Double {
      let plan = PartitionPlan(kind: .dirichlet, clients: 10, alpha: alpha)
      let parts = try Partitioner.partition(
        labels: labels, classes: 10, plan: plan, key: RandomKey(seed: 9))
      let shares = parts.map { part in
        let counts = Dictionary(grouping: part) { labels[$0] }.mapValues(\.count)
        return Double(counts.values.max() ?? 0) / Double(part.count)
      }
      return shares.reduce(0, +) / 10
    }
    #expect(try largestShare(0.1) > 0.4)
    #expect(try largestShare(1000) < 0.13)
    #expect(try largestShare(0.001) > 0.5, "far below the smallest float64's logarithm")
  }

  @Test func minimumExamplesAreMet() throws {
    let labels = labels(400, classes: 4, seed: 2)
    let plan = PartitionPlan(kind: .dirichlet, clients: 8, alpha: 0.3, minimumExamples: 20)
    let parts = try Partitioner.partition(
      labels: labels, classes: 4, plan: plan, key: RandomKey(seed: 5))
    #expect(parts.allSatisfy { $0.count >= 20 })
  }

  @Test func whatCannotBeMetIsSaid() {
    let labels = labels(100, classes: 2, seed: 2)
    func failure(_ plan: PartitionPlan) -> String {
      message {
        _ = try Partitioner.partition(
          labels: labels, classes: 2, plan: plan, key: RandomKey(seed: 0))
      }
    }
    #expect(
      failure(PartitionPlan(clients: 101))
        == "100 examples cannot give 101 clients at least 1 each")
    #expect(
      failure(PartitionPlan(kind: .dirichlet, clients: 20, alpha: 0.001, minimumExamples: 4))
        .contains("draws with alpha 0.001"))
    #expect(
      failure(PartitionPlan(kind: .shards, clients: 20, shardsPerClient: 6))
        == "100 examples cannot be cut into 120 shards")
  }

  /// Guards the partitions of published runs: they must never change.
  @Test func partitionsArePinned() throws {
    let labels = (0..<12).map { $0 % 3 }
    func parts(_ kind: PartitionPlan.Kind) throws -> [[Int]] {
      try Partitioner.partition(
        labels: labels, classes: 3, plan: PartitionPlan(kind: kind, clients: 3),
        key: RandomKey(seed: 42).at("partition"))
    }
    #expect(try parts(.iid) == [[4, 6, 7, 9], [0, 3, 5, 10], [1, 2, 8, 11]])
    #expect(try parts(.dirichlet) == [[2, 3, 7, 10], [1, 11], [0, 4, 5, 6, 8, 9]])
    #expect(try parts(.shards) == [[2, 5, 8, 11], [0, 3, 6, 9], [1, 4, 7, 10]])
  }
}

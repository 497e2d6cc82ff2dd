import Foundation
import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

/// What holds for every partitioner.
@Suite struct DataPartitionTests {
  private static func examples(
    _ count: Int, classes: Int, seed: UInt64, ids: Int = 8
  ) -> PartitionExamples {
    var stream = RandomKey(seed: seed).at("labels").generator
    let labels = (0..<count).map { _ in stream.below(classes) }
    return PartitionExamples(
      labels: labels, classes: classes, naturalIDs: (0..<count).map { "id \($0 % ids)" })
  }

  /// A plan of each kind for 500 to 1,100 examples of 5 classes.
  private static func plan(_ kind: String, _ folder: TemporaryFolder) throws -> PartitionPlan {
    var plan = PartitionPlan(kind: kind, clients: 8)
    switch kind {
    case "natural-id": plan.clients = nil
    case "exponential": plan.clients = 4
    case "sizes":
      plan = PartitionPlan(kind: kind, settings: ["sizes": [100, 7, 200]])
    case "pathological": plan.settings = ["classesPerClient": 2]
    case "distribution":
      plan.clients = 5
      plan.settings = ["classesPerClient": 2]
      plan.path = try folder.write("table.json", "[[1,2],[3,1],[1,1],[0,1],[5,2]]")
    case "file":
      plan.clients = nil
      plan.path = try folder.write("lists.txt", "0, 499 7\n1 2 3\n")
    default: break
    }
    return plan
  }

  /// Kinds that need not use all examples.
  private static let partial: Set = ["sizes", "file", "pathological"]

  @Test(arguments: PartitionerRegistry.kinds)
  func everyExampleGoesToOneClientAtMost(_ kind: String) throws {
    let folder = try TemporaryFolder()
    for (seed, count) in [(1, 500), (2, 1003)] as [(UInt64, Int)] {
      let examples = Self.examples(count, classes: 5, seed: seed)
      let plan = try Self.plan(kind, folder)
      let key = RandomKey(seed: seed)
      let parts = try DataPartition(of: examples, plan: plan, key: key)
      let used = parts.flatMap { $0 }
      #expect(Set(used).count == used.count && used.allSatisfy { (0..<count).contains($0) })
      #expect(used.count + parts.unusedCount == count)
      #expect(Self.partial.contains(kind) || used.count == count)
      #expect(parts.allSatisfy { $0 == $0.sorted() && !$0.isEmpty })
      #expect(parts.indices.allSatisfy { parts.size(of: $0) == parts[$0].count })
      #expect(plan.clients.map { $0 == parts.count } ?? true)
      let again = try DataPartition(of: examples, plan: plan, key: key)
      #expect(again == parts && again.digest == parts.digest)
      let other = try DataPartition(of: examples, plan: plan, key: RandomKey(seed: seed + 100))
      let isDrawn = !["natural-id", "file"].contains(kind)
      #expect((other.digest != parts.digest) == isDrawn)
      for (example, owner) in parts.owners.enumerated() {
        #expect(owner.map { parts[$0].contains(example) } ?? !used.contains(example))
      }
    }
  }

  /// Guards the partitions of published runs on every machine: they must never change.
  @Test func partitionsArePinned() throws {
    let labels = (0..<12).map { $0 % 3 }
    func parts(_ kind: String) throws -> [[Int]] {
      Array(
        try DataPartition(
          of: PartitionExamples(labels: labels, classes: 3),
          plan: PartitionPlan(kind: kind, clients: 3), key: RandomKey(seed: 42).at("partition")))
    }
    #expect(try parts("iid") == [[4, 6, 7, 9], [0, 3, 5, 10], [1, 2, 8, 11]])
    #expect(try parts("dirichlet") == [[2, 3, 7, 10], [1, 11], [0, 4, 5, 6, 8, 9]])
    #expect(try parts("shards") == [[2, 5, 8, 11], [0, 3, 6, 9], [1, 4, 7, 10]])
  }

  @Test(arguments: [
    ("iid", "a1d626ebacd9e8d0"),
    ("dirichlet", "84cd368ab5037172"),
    ("dirichlet-quantity", "f9289ffce191cd09"),
    ("inner-dirichlet", "3b7b4f853857baa2"),
    ("shards", "7391919a196f67ee"),
    ("pathological", "22c553edb1d7bcfb"),
    ("distribution", "76bc319703534fa8"),
    ("sizes", "692ba68f89787525"),
    ("linear", "f4cf49c2cba93a98"),
    ("square", "354761f3e42d0e82"),
    ("exponential", "42797b388be9484d"),
    ("natural-id", "a6e73df2cc7171c5"),
    ("file", "c060d93aad96a4b0"),
  ])
  func digestsArePinned(_ kind: String, _ digest: String) throws {
    let folder = try TemporaryFolder()
    let parts = try DataPartition(
      of: Self.examples(1003, classes: 5, seed: 3), plan: Self.plan(kind, folder),
      key: RandomKey(seed: 42).at("partition"))
    #expect(parts.digest.hex.hasPrefix(digest), "\(kind) \(parts.digest.hex.prefix(16))")
  }

  @Test func theDigestIsThatOfTheIndexLists() throws {
    var owners = PartitionOwners(examples: 4, clients: 2)
    owners.give(3, to: 0)
    owners.give(1, to: 1)
    owners.give(0, to: 1)
    let words: [UInt32] = [1, 3, 2, 0, 1]
    #expect(
      DataPartition(owners).digest
        == Digest(of: Bytes(copying: words.map { $0.littleEndian })))
    #expect(DataPartition(owners).unusedCount == 1)
  }

  @Test func moreClientsThanExamplesAreRefused() throws {
    let examples = Self.examples(100, classes: 2, seed: 2)
    func failure(_ plan: PartitionPlan) -> String {
      message { _ = try DataPartition(of: examples, plan: plan, key: RandomKey(seed: 0)) }
    }
    #expect(
      failure(PartitionPlan(clients: 101))
        == "100 examples cannot give 101 clients at least 1 each")
    #expect(
      failure(PartitionPlan(kind: "exponential", clients: 20))
        == "the partition exponential leaves a client 0 examples, minimumExamples is 1")
  }

  /// A hundred thousand clients take about a second; nothing is quadratic.
  @Test(arguments: [
    PartitionPlan(kind: "iid", clients: 100_000),
    PartitionPlan(kind: "dirichlet", clients: 100_000, settings: ["alpha": 100]),
    PartitionPlan(kind: "dirichlet-quantity", clients: 100_000),
    PartitionPlan(kind: "inner-dirichlet", clients: 100_000, settings: ["alpha": 0.3]),
    PartitionPlan(kind: "shards", clients: 100_000),
    PartitionPlan(kind: "pathological", clients: 100_000, settings: ["classesPerClient": 2]),
    PartitionPlan(kind: "linear", clients: 1_000),
    PartitionPlan(kind: "natural-id"),
  ])
  func aHundredThousandClientsOnAMillionExamples(_ plan: PartitionPlan) throws {
    let labels = (0..<1_000_000).map { ($0 &* 7919) % 10 }
    let ids = plan.kind == "natural-id" ? labels.indices.map { "\($0 % 100_000)" } : nil
    let examples = PartitionExamples(labels: labels, classes: 10, naturalIDs: ids)
    let clock = SystemClock()
    let start = clock.seconds
    let parts = try DataPartition(of: examples, plan: plan, key: RandomKey(seed: 1))
    let seconds = clock.seconds - start
    #expect(parts.count == plan.clients ?? 100_000)
    #expect(parts.reduce(0) { $0 + $1.count } == 1_000_000)
    // Far above what it takes, far below what anything quadratic would.
    #expect(seconds < 60, "\(plan.kind) took \(seconds) s")
  }
}

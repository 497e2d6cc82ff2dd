import Foundation
import TributaryCore
import TributaryPlan

@testable import TributaryData

/// What Flower's partitioners did with 1,000 examples: Golden/generate_partitions.py.
struct FlowerGolden: Decodable {
  struct Figures: Decodable {
    var totalVariation: Double
    var sizeVariation: Double
    var classes: Double
  }

  struct ShardSizes: Decodable {
    var both: [Int]
    var sizeAlone: [Int]
    var incomplete: [Int]
  }

  static let classes = 5

  var labels: [Int]
  var ids: [Int]
  var linear: [Int]
  var square: [Int]
  var exponential: [Int]
  var iid: [Int]
  var naturalID: [[Int]]
  var pathological: [[Int]]
  var shardSizes: ShardSizes
  var distributionTable: [[Double]]
  var distribution: [[Int]]
  var dirichlet: Figures
  var dirichletBalanced: Figures
  var innerDirichlet: Figures
  var pathologicalRandom: Figures

  static func read() throws -> FlowerGolden {
    try JSONDecoder().decode(
      FlowerGolden.self,
      from: Data(contentsOf: URL(fileURLWithPath: GoldenFile.path("partitions.json"))))
  }

  func divide(_ plan: PartitionPlan, seed: UInt64 = 1) throws -> DataPartition {
    try DataPartition(
      of: PartitionExamples(
        labels: labels, classes: Self.classes, naturalIDs: ids.map(String.init)),
      plan: plan, key: RandomKey(seed: seed))
  }

  /// Examples by label of each client.
  func counts(_ partition: DataPartition) -> [[Int]] {
    partition.map { client in
      client.reduce(into: [Int](repeating: 0, count: Self.classes)) { $0[labels[$1]] += 1 }
    }
  }

  /// The same figures as the generator's, over as many seeds.
  func figures(_ plan: PartitionPlan) throws -> Figures {
    var sum = Figures(totalVariation: 0, sizeVariation: 0, classes: 0)
    for seed in 0..<200 {
      let partition = try divide(plan, seed: UInt64(seed))
      let report = PartitionReport(
        partition, labels: labels, classes: ["a", "b", "c", "d", "e"], run: "", kind: plan.kind,
        seed: 0)
      let counts = counts(partition)
      let all = (0..<Self.classes).map { label in Double(labels.count { $0 == label }) / 1000 }
      // To the data's own distribution, which is not the clients' where classes are left out.
      let variation = counts.map { row in
        let size = Double(row.reduce(0, +))
        return zip(row, all).reduce(0.0) { $0 + abs(Double($1.0) / size - $1.1) / 2 }
      }
      sum.totalVariation += variation.reduce(0, +) / Double(counts.count) / 200
      sum.sizeVariation += report.summary.sizes.coefficientOfVariation / 200
      sum.classes += (report.summary.labels?.classesPerClient ?? 0) / 200
    }
    return sum
  }
}

import Foundation
import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct DistributionPartitionerTests {
  private func divide(
    _ golden: FlowerGolden, table: String? = nil, clients: Int = 10, preassigned: Double = 3
  ) throws -> DataPartition {
    let folder = try TemporaryFolder()
    let json =
      try table
      ?? String(
        decoding: JSONEncoder().encode(golden.distributionTable), as: UTF8.self)
    return try golden.divide(
      PartitionPlan(
        kind: "distribution", clients: clients, path: folder.write("table.json", json),
        settings: ["classesPerClient": 2, "preassigned": .number(preassigned)]))
  }

  @Test func countsAreFlowers() throws {
    let golden = try FlowerGolden.read()
    let counts = golden.counts(try divide(golden))
    for label in 0..<FlowerGolden.classes {
      let mine = counts.map { $0[label] }
      let flowers = golden.distribution.map { $0[label] }
      #expect(mine.reduce(0, +) == flowers.reduce(0, +))
      #expect(mine.map { $0 > 0 } == flowers.map { $0 > 0 })
      // What rounding leaves, fewer than the four clients of a class, goes to one drawn at random.
      let differences = zip(mine, flowers).map { $0 - $1 }.filter { $0 != 0 }
      #expect(differences.count <= 2 && differences.allSatisfy { abs($0) < 4 })
    }
  }

  @Test func whatDoesNotFitIsSaid() throws {
    let golden = try FlowerGolden.read()
    #expect(
      message { _ = try divide(golden, table: "[[1, 2]]") }
        == "data.partition.path: expected a JSON table of 5 rows (classes) with 4 shares each")
    #expect(
      message { _ = try divide(golden, clients: 9) }
        == "data.partition.clients: 9 clients with 2 of 5 classes each do not fit")
    #expect(
      message { _ = try divide(golden, preassigned: 30) }
        == "data.partition.preassigned: class 0 has 100 examples for 4 clients")
  }
}

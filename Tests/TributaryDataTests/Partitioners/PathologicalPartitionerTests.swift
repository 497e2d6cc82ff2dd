import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct PathologicalPartitionerTests {
  private func plan(_ mode: String, clients: Int = 8, classes: Int = 2) -> PartitionPlan {
    PartitionPlan(
      kind: "pathological", clients: clients,
      settings: ["classesPerClient": .number(Double(classes)), "classAssignment": .text(mode)])
  }

  @Test func deterministicCountsAreFlowers() throws {
    let golden = try FlowerGolden.read()
    #expect(golden.counts(try golden.divide(plan("deterministic"))) == golden.pathological)
  }

  @Test func randomIsDistributedAsFlowers() throws {
    let golden = try FlowerGolden.read()
    let figures = try golden.figures(plan("random", clients: 10))
    let expected = golden.pathologicalRandom
    #expect(abs(figures.totalVariation - expected.totalVariation) < 0.01)
    #expect(abs(figures.sizeVariation - expected.sizeVariation) < 0.05)
    #expect(abs(figures.classes - expected.classes) < 1e-9)
  }

  @Test(arguments: ["random", "deterministic", "first-deterministic"])
  func eachClientHasItsNumberOfClasses(_ mode: String) throws {
    let golden = try FlowerGolden.read()
    for classes in [1, 3, 5] {
      let counts = golden.counts(try golden.divide(plan(mode, clients: 12, classes: classes)))
      #expect(counts.allSatisfy { $0.count { $0 > 0 } == classes })
    }
  }

  @Test func theFirstClassGoesRound() throws {
    let golden = try FlowerGolden.read()
    let counts = golden.counts(try golden.divide(plan("first-deterministic", clients: 12)))
    for (client, row) in counts.enumerated() { #expect(row[client % 5] > 0) }
  }

  @Test func classesWithoutExamplesDoNotCount() throws {
    let labels = (0..<100).map { $0 % 2 == 0 ? 3 : 7 }
    let parts = try DataPartition(
      of: PartitionExamples(labels: labels, classes: 10),
      plan: plan("deterministic", clients: 4, classes: 1), key: RandomKey(seed: 0))
    #expect(parts.map { Set($0.map { labels[$0] }) } == [[3], [7], [3], [7]])
  }

  @Test func whatDoesNotFitIsSaid() throws {
    let golden = try FlowerGolden.read()
    #expect(
      message { _ = try golden.divide(plan("random", classes: 6)) }
        == "data.partition.classesPerClient: is 6, but the data have 5 classes")
    #expect(
      message { _ = try golden.divide(plan("deterministic", clients: 900, classes: 5)) }
        == "data.partition.classesPerClient: 900 clients should share class 0, which has 100 "
        + "examples")
  }
}

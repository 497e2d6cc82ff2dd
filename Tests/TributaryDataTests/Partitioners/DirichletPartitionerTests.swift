import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct DirichletPartitionerTests {
  private func largestShare(_ alpha: Double) throws -> Double {
    let labels = (0..<20_000).map { $0 % 10 }
    let plan = PartitionPlan(
      kind: "dirichlet", clients: 10, settings: ["alpha": .number(alpha)])
    let parts = try DataPartition(
      of: PartitionExamples(labels: labels, classes: 10), plan: plan, key: RandomKey(seed: 9))
    let shares = parts.map { part in
      let counts = Dictionary(grouping: part) { labels[$0] }.mapValues(\.count)
      return Double(counts.values.max() ?? 0) / Double(part.count)
    }
    return shares.reduce(0, +) / 10
  }

  @Test func aSmallAlphaSkewsAndALargeOneDoesNot() throws {
    #expect(try largestShare(0.1) > 0.4)
    #expect(try largestShare(1000) < 0.13)
    #expect(try largestShare(0.001) > 0.5, "far below the smallest float64's logarithm")
  }

  @Test(arguments: [false, true]) func isDistributedAsFlowers(_ balances: Bool) throws {
    let golden = try FlowerGolden.read()
    let figures = try golden.figures(
      PartitionPlan(
        kind: "dirichlet", clients: 8, minimumExamples: 10,
        settings: ["alpha": 0.5, "selfBalancing": .truth(balances)]))
    let expected = balances ? golden.dirichletBalanced : golden.dirichlet
    // Six standard errors of the means of 200 draws, or more.
    #expect(abs(figures.totalVariation - expected.totalVariation) < 0.02)
    #expect(abs(figures.sizeVariation - expected.sizeVariation) < 0.06)
    #expect(abs(figures.classes - expected.classes) < 0.1)
  }

  @Test func aConcentrationForEachClient() throws {
    let golden = try FlowerGolden.read()
    var sizes = [0, 0, 0]
    for seed in 0..<50 {
      let parts = try golden.divide(
        PartitionPlan(kind: "dirichlet", clients: 3, settings: ["alpha": [1, 2, 7]]),
        seed: UInt64(seed))
      for client in 0..<3 { sizes[client] += parts.size(of: client) }
    }
    // In the mean each client has its part of the sum of concentrations.
    for (size, share) in zip(sizes, [0.1, 0.2, 0.7]) {
      #expect(abs(Double(size) / 50_000 - share) < 0.03)
    }
  }

  @Test func minimumExamplesAreMet() throws {
    let golden = try FlowerGolden.read()
    let plan = PartitionPlan(
      kind: "dirichlet", clients: 8, minimumExamples: 60, settings: ["alpha": 0.3])
    #expect(try golden.divide(plan).allSatisfy { $0.count >= 60 })
  }

  @Test func whatCannotBeDrawnIsSaid() throws {
    let golden = try FlowerGolden.read()
    let text = message {
      _ = try golden.divide(
        PartitionPlan(
          kind: "dirichlet", clients: 200, minimumExamples: 4, settings: ["alpha": 0.001]))
    }
    #expect(text == "10000 draws with alpha 0.001 all left a client fewer than 4 examples")
  }
}

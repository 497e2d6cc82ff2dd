import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct DirichletQuantityPartitionerTests {
  private func sizes(_ alpha: Double, minimum: Int = 1, seed: UInt64 = 1) throws -> [Int] {
    try FlowerGolden.read().divide(
      PartitionPlan(
        kind: "dirichlet-quantity", clients: 20, minimumExamples: minimum,
        settings: ["alpha": .number(alpha)]), seed: seed
    ).map(\.count)
  }

  @Test func aSmallAlphaMakesSizesUnequal() throws {
    let skewed = SizeFigures(try sizes(0.1)).gini
    let even = SizeFigures(try sizes(1000)).gini
    #expect(skewed > 0.6 && even < 0.05)
    #expect(try sizes(0.1).reduce(0, +) == 1000)
  }

  /// A symmetric Dirichlet share of 20 has the variance (1/20)(19/20) / (20 alpha + 1).
  @Test func sharesHaveTheDistributionsVariance() throws {
    var squares = 0.0
    for seed in 0..<100 {
      for size in try sizes(0.5, seed: UInt64(seed)) {
        let share = Double(size - 1) / 980
        squares += (share - 0.05) * (share - 0.05) / 2000
      }
    }
    #expect(abs(squares / (0.0475 / 11) - 1) < 0.25)
  }

  @Test func theMinimumIsGivenFirst() throws {
    #expect(try sizes(0.01, minimum: 40).allSatisfy { $0 >= 40 })
  }
}

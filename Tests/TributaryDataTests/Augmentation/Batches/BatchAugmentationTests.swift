import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct BatchAugmentationTests {
  private func augmenter(
    _ kind: String, _ settings: [String: PlanSetting] = [:]
  ) throws -> Augmenter {
    try #require(try Augmenter([AugmentationPlan(kind: kind, settings: settings)], for: .images))
  }

  private func mixtures(_ augmenter: Augmenter, _ count: Int = 400) -> [BatchMixture] {
    (0..<count).compactMap {
      augmenter.mixture(count: 10, height: 12, width: 8, key: RandomKey(seed: 3).at($0))
    }
  }

  /// Beta(α, α) has mean 1/2 and variance 1 / (8 α + 4).
  @Test(arguments: [0.2, 1, 4])
  func mixupSharesAreBeta(alpha: Double) throws {
    let found = try mixtures(augmenter("mixup", ["alpha": .number(alpha)]), 4000)
    let shares = found.map { Double($0.labelShare) }
    let mean = shares.reduce(0, +) / 4000
    let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4000
    #expect(abs(mean - 0.5) < 0.02)
    #expect(abs(variance - 1 / (8 * alpha + 4)) < 0.008)
    #expect(found.allSatisfy { $0.pixelShares == [$0.labelShare] })
  }

  @Test func cutmixCountsClassesByArea() throws {
    let found = try mixtures(augmenter("cutmix", ["probability": .number(1)]))
    #expect(found.count == 400)
    for mixture in found {
      let own = mixture.pixelShares.filter { $0 == 1 }.count
      #expect(mixture.pixelShares.count == 96 && mixture.pixelShares.allSatisfy { $0 * $0 == $0 })
      #expect(abs(mixture.labelShare - Float(own) / 96) < 1e-6)
      // A rectangle: every row that is cut is cut at the same columns.
      let rows = (0..<12).map { Array(mixture.pixelShares[($0 * 8)..<($0 * 8 + 8)]) }
      #expect(Set(rows.filter { $0.contains(0) }).count <= 1)
    }
    #expect(Set(found.map(\.labelShare)).count > 20)
  }

  @Test func partnersAreAPermutationOfTheBatchsOwn() throws {
    let found = try mixtures(augmenter("mixup"))
    #expect(found.allSatisfy { $0.partners.sorted() == Array(0..<10) })
    #expect(found[0].partners != found[1].partners)
    let again = try mixtures(augmenter("mixup"))
    #expect(zip(found, again).allSatisfy { $0.partners == $1.partners })
  }

  @Test func happensAsOftenAsItIsSaid() throws {
    let count = try mixtures(augmenter("cutmix", ["probability": .number(0.3)]), 2000).count
    #expect((500...700).contains(count))
    #expect(try mixtures(augmenter("flip")).isEmpty)
  }

  @Test func textsAreNotMixed() {
    #expect(throws: TributaryError.self) {
      try Augmenter([AugmentationPlan(kind: "mixup")], for: .text)
    }
  }
}

import Testing

@testable import TributaryData

@Suite struct SizeFiguresTests {
  @Test func equalSizes() {
    let figures = SizeFigures([5, 5, 5, 5])
    #expect(figures.smallest == 5 && figures.largest == 5 && figures.median == 5)
    #expect(figures.coefficientOfVariation == 0 && figures.gini == 0)
  }

  @Test func unequalSizes() {
    let figures = SizeFigures([1, 9, 2, 4])
    #expect(figures.median == 3 && figures.mean == 4)
    // Variance (9 + 25 + 4 + 0) / 4.
    #expect(abs(figures.coefficientOfVariation - 9.5.squareRoot() / 4) < 1e-12)
    // Mean absolute difference of all 16 pairs over twice the mean.
    #expect(abs(figures.gini - (2.0 * (8 + 1 + 3 + 7 + 5 + 2) / 16) / 8) < 1e-12)
  }

  @Test func oneHasAll() {
    #expect(abs(SizeFigures([0, 0, 0, 8]).gini - 0.75) < 1e-12)
    #expect(SizeFigures([]).gini == 0)
  }
}

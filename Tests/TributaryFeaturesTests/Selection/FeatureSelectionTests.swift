import Testing
import TributaryPlan
import TributaryTensor

@testable import TributaryFeatures

/// Scores of features against scikit-learn's.
@Suite struct FeatureSelectionTests {
  private let data: FeatureGolden

  init() throws { data = try FeatureGolden() }

  @Test func varianceRatios() throws {
    try data.expect(FeatureSelection.varianceRatios(data.statistics), "anova")
  }

  @Test func constantFeaturesTellNothing() {
    let statistics = FeatureStatistics(
      features: Matrix([1, 5, 1, 5, 1, 9], rows: 3, columns: 2), labels: [0, 0, 1], classes: 2)
    #expect(FeatureSelection.varianceRatios(statistics) == [0, .infinity])
  }

  @Test func lasso() throws {
    try data.expect(Lasso.fit(data.statistics, l1: 0.02), "lasso", within: 1e-6)
  }

  @Test func mutualInformation() throws {
    try data.expect(
      MutualInformation.scores(data.source, labels: data.labels, classes: 3),
      "mutual-information")
  }

  @Test func theBestInTheOrderOfTheirColumns() {
    #expect(FeatureSelection.best(2, [1, 3, 3, 2]) == [1, 2])
    #expect(FeatureSelection.best(3, [5, 0, 5, 5]) == [0, 2, 3])
  }

  @Test(arguments: 1...8)
  func lassoFindsAsManyAsAreAskedFor(count: Int) throws {
    #expect(try FeatureSelection.best(count, of: data.statistics, by: .l1).count == count)
  }
}

import Testing
import TributaryTensor
import TributaryTestKit

@testable import TributaryFeatures

/// Transforms of features against scikit-learn, SciPy and NumPy.
@Suite struct TransformTests {
  private let data: FeatureGolden

  init() throws { data = try FeatureGolden() }

  @Test func principalComponents() throws {
    for pca in [
      try PrincipalComponents(data.source, count: 3),
      try PrincipalComponents(data.statistics, count: 3),
    ] {
      try data.expect(pca.directions, "pca/directions")
      try data.expect(pca.variances, "pca/variances")
    }
  }

  @Test func principalComponentsOfClientsAreThoseOfAll() throws {
    let parts = [Array(0..<20), Array(20..<60)].map { rows in
      FeatureStatistics(
        features: data.source.rows(rows), labels: rows.map { data.labels[$0] }, classes: 3)
    }
    let pca = try PrincipalComponents(parts[0] + parts[1], count: 3)
    try data.expect(pca.directions, "pca/directions")
    try data.expect(pca.variances, "pca/variances")
  }

  @Test func correlationAlignment() throws {
    let coral = try CorrelationAlignment(source: data.source, target: data.target)
    try data.expect(coral(data.source), "coral")
  }

  @Test func subspaceAlignment() throws {
    let alignment = try SubspaceAlignment(
      source: data.source, target: data.target, dimensions: 3)
    try data.expect(alignment.source(data.source), "alignment/source")
    try data.expect(alignment.target(data.target), "alignment/target")
  }

  @Test(arguments: [
    ("primal", TransferComponents.Kernel.primal), ("gaussian", .gaussian(gamma: 0.05)),
  ])
  func transferComponents(name: String, kernel: TransferComponents.Kernel) throws {
    let tca = try TransferComponents(
      source: data.source, target: data.target, dimensions: 3, regularization: 0.5,
      kernel: kernel)
    try data.expect(tca.source, "tca-\(name)/source", within: 1e-7)
    try data.expect(tca.target, "tca-\(name)/target", within: 1e-7)
  }

  @Test func standardizedFeatures() {
    let histograms = Standardization.rowsOfSumOne(
      Matrix([1, 3, 0, 0, 2, 2], rows: 3, columns: 2))
    #expect(histograms.values == [0.25, 0.75, 0, 0, 0.5, 0.5])
    let unit = Standardization.rowsOfLengthOne(Matrix([3, 4, 0, 0], rows: 2, columns: 2))
    #expect(difference(unit.values, [0.6, 0.8, 0, 0], absolute: 1e-15) == nil)
    #expect(
      Standardization.columns(Matrix([1, 7, 3, 7], rows: 2, columns: 2)).values == [-1, 0, 1, 0])
  }
}

import Testing
import TributaryTensor

@testable import TributaryFeatures

/// Scores of backbones against their definitions, evaluated in NumPy and SciPy.
@Suite struct TransferabilityTests {
  private let data: FeatureGolden

  init() throws { data = try FeatureGolden() }

  @Test func logME() throws {
    // The optimiser's maximum; the fixed-point iteration has 1e-5 in its denominators.
    try data.expect([LogME.score(data.statistics)], "logme", within: 1e-4)
  }

  /// Every label fits exactly, so the noise that is assumed for the best evidence is large or none.
  @Test func logMEWithMoreFeaturesThanExamples() throws {
    let statistics = FeatureStatistics(
      features: try data.matrix("wide/source"), labels: try data.integers("wide/labels"),
      classes: 3)
    try data.expect([LogME.score(statistics)], "wide/logme", within: 1e-3)
  }

  @Test func hScore() throws {
    // NumPy divides both covariances by n - 1.
    try data.expect([HScore.score(data.statistics)], "hscore", within: 1e-7)
    // The trace of a product of projections: between 0 and the number of classes less one.
    let score = try HScore.score(data.statistics)
    #expect(score >= 0 && score <= 2)
  }

  @Test func leepInTwoSums() throws {
    let probabilities = try data.matrix("leep/probabilities")
    let parts = [Array(0..<25), Array(25..<60)]
    let joint = parts.map { rows in
      LEEP.jointCounts(
        probabilities: probabilities.rows(rows), labels: rows.map { data.labels[$0] }, classes: 3)
    }.reduce(Matrix(rows: 3, columns: 5), +)
    #expect(abs(joint.values.reduce(0, +) - 60) < 1e-9, "every example is counted once")
    let sum = parts.reduce(0.0) { sum, rows in
      sum
        + LEEP.logLikelihood(
          probabilities: probabilities.rows(rows), labels: rows.map { data.labels[$0] },
          jointCounts: joint)
    }
    #expect(sum < 0)
    try data.expect([sum / 60], "leep")
  }
}

import Testing
import TributaryCore
import TributaryFederation

@testable import TributaryCoordinator

@Suite struct TrainingMetricsTests {
  private func contribution(_ examples: Int, _ metrics: [String: Double]) -> Contribution {
    Contribution(client: ClientID(index: 0), round: 1, exampleCount: examples, metrics: metrics)
  }

  @Test func meansAreWeightedByExamples() {
    let mean = TrainingMetrics.mean(of: [
      contribution(30, ["loss": 1, "accuracy": 0.5, "seconds": 9]),
      contribution(10, ["loss": 5, "accuracy": 1]),
    ])
    #expect(mean == ["trainLoss": 2, "trainAccuracy": 0.625])
  }

  @Test func whatIsMissingOrNotFiniteIsLeftOut() {
    let mean = TrainingMetrics.mean(of: [
      contribution(30, ["loss": .nan]), contribution(10, ["loss": 3]),
    ])
    #expect(mean == ["trainLoss": 3])
    #expect(TrainingMetrics.mean(of: []).isEmpty)
  }

  @Test func accuraciesOfClientsAreSpread() throws {
    let values = (0...10).map { Double($0) / 10 }
    let found = TrainingMetrics.mean(
      of: values.reversed().map { contribution(1, ["personalAccuracy": $0]) })
    // NumPy: percentile(values, 10) and var(values).
    let expected = [
      "personalAccuracy": 0.5, "personalAccuracyWorst": 0, "personalAccuracyP10": 0.1,
      "personalAccuracyVariance": 0.1,
    ]
    #expect(found.keys.sorted() == expected.keys.sorted())
    for (name, value) in expected {
      #expect(abs(try #require(found[name]) - value) < 1e-12, "\(name)")
    }
    let two = TrainingMetrics.spread(of: [0.5, 1], called: "a")
    #expect(abs(try #require(two["aP10"]) - 0.55) < 1e-12)
  }
}

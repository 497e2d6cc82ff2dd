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
}

import Testing
import TributaryCore

@testable import TributaryFederation

@Suite struct TrainingDurationTests {
  /// |N(0, 1)| has mean √(2/π), variance 1 − 2/π, and its median where the normal has its third quartile.
  @Test func isHalfNormal() {
    let drawn = (0..<20_000).map { TrainingDuration.drawn(Fixture.key.at("duration").at($0)) }
      .sorted()
    let mean = drawn.reduce(0, +) / 20_000
    let variance = drawn.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
    #expect(drawn[0] >= 0)
    #expect(abs(mean - 0.79788) < 0.015)
    #expect(abs(variance - 0.36338) < 0.015)
    #expect(abs(drawn[10_000] - 0.67449) < 0.02)
    #expect(abs(drawn[19_000] - 1.95996) < 0.05)
  }

  @Test func isTheAddresssOwn() {
    let key = Fixture.key.at("duration")
    #expect(TrainingDuration.drawn(key) == TrainingDuration.drawn(key))
    #expect(TrainingDuration.drawn(key) != TrainingDuration.drawn(key.at(1)))
  }
}

import Testing

@testable import TributarySimulation

@Suite struct LittleIsEnoughTests {
  /// Of a table of the normal distribution.
  @Test(arguments: [(0.5, 0), (0.8413447, 1), (0.975, 1.959964), (0.0227501, -2)])
  func quantiles(probability: Double, deviations: Double) {
    #expect(abs(LittleIsEnough.quantile(probability) - deviations) < 1e-5)
  }

  @Test func deviationsOfThePaper() {
    // n = 50, m = 24: s = 2, Φ(z) = 24/26.
    #expect(abs(LittleIsEnough.deviations(clients: 50, attackers: 24) - 1.4261) < 1e-3)
    // n = 25, m = 5: s = 8, Φ(z) = 12/20.
    #expect(abs(LittleIsEnough.deviations(clients: 25, attackers: 5) - 0.2533) < 1e-3)
    // The more attackers, the farther they may go.
    let all = (1..<12).map { LittleIsEnough.deviations(clients: 25, attackers: $0) }
    #expect(all == all.sorted())
  }

  @Test func extremesStayFinite() {
    for (clients, attackers) in [(4, 4), (4, 3), (1, 0), (2, 1), (0, 0), (10, 9)] {
      let found = LittleIsEnough.deviations(clients: clients, attackers: attackers)
      #expect(found >= 0 && found < 10)
    }
  }
}

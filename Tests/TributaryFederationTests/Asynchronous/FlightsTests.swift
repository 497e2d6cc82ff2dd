import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryFederation

@Suite struct FlightsTests {
  private let candidates = Fixture.clients(20).map { Candidate(client: $0) }

  private func filled(
    _ rounds: Int, size: Int = 3, concurrency: Int? = 8, each: (Flights) -> Void = { _ in }
  ) -> Flights {
    var flights = Flights()
    for round in 1...rounds {
      flights.fill(
        UpdateBuffer(size: size), concurrency: concurrency, round: round, candidates: candidates,
        selection: UniformSelection(), key: Fixture.key)
      each(flights)
    }
    return flights
  }

  /// What virtual time must do, whoever is drawn: nobody lands before somebody that began and was due earlier.
  @Test func theNextAreThoseDoneNext() {
    var clock = 0.0
    var began: [Flights.Flight] = []
    _ = filled(40) { flights in
      #expect(flights.cohort.count == 3)
      #expect(Set(flights.cohort.map(\.client)).count == 3)
      // One lands, another begins, but for the last, whose successor begins with the next model.
      #expect(flights.ahead.count == 7)
      let landings = flights.all.map(\.landing)
      #expect(landings == landings.sorted() && flights.clock == flights.cohort[2].landing)
      #expect(flights.clock >= clock)
      // Those still at work are the same tasks as before.
      #expect(began.allSatisfy { flights.all.contains($0) })
      clock = flights.clock
      began = flights.ahead
    }
  }

  @Test func aClientIsAtWorkOnceAtMost() {
    _ = filled(40, size: 6, concurrency: 12) { flights in
      #expect(Set(flights.all.map(\.client)).count == flights.all.count)
    }
  }

  @Test func stalenessIsAsLongAsOthersOvertake() {
    var stale: [Int] = []
    var round = 0
    _ = filled(200) { flights in
      round += 1
      stale += flights.cohort.map { round - $0.start }
    }
    // Eight at work and three a step: the mean is near (8 - 3 / 2) / 3, the share of fresh ones well below 1.
    let mean = Double(stale.reduce(0, +)) / Double(stale.count)
    #expect((1.5...2.7).contains(mean))
    #expect(stale.contains(0) && (stale.max() ?? 0) > 4)
  }

  @Test func fewerClientsThanAreWantedAllWork() {
    var flights = Flights()
    for round in 1...5 {
      flights.fill(
        UpdateBuffer(size: 3), concurrency: 50, round: round,
        candidates: Array(candidates.prefix(4)), selection: UniformSelection(), key: Fixture.key)
      #expect(flights.cohort.count == 3 && flights.all.count == 4)
    }
  }

  @Test func whatTheLedgerKeptGoesOnTheSame() throws {
    let whole = filled(9)
    var flights = try PlanJSON.decode(Flights.self, from: try PlanJSON.encode(filled(6)))
    for round in 7...9 {
      flights.fill(
        UpdateBuffer(size: 3), concurrency: 8, round: round, candidates: candidates,
        selection: UniformSelection(), key: Fixture.key)
    }
    #expect(flights == whole)
  }
}

import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

@Suite struct PeriodicAvailabilityTests {
  private let availability = PeriodicAvailability(
    AvailabilityPlan(kind: .periodic, period: 8, share: 0.25))

  private func rounds(of client: ClientID, in rounds: ClosedRange<Int>) -> [Int] {
    rounds.filter { availability.isAvailable(client, round: $0, key: Fixture.key) }
  }

  @Test func everyClientIsOnForItsShareOfEveryPeriod() {
    for client in Fixture.clients(50) {
      let first = rounds(of: client, in: 1...8)
      #expect(first.count == 2)
      #expect(rounds(of: client, in: 9...16) == first.map { $0 + 8 })
      // Rounds on end, but for the period's edge.
      #expect(first[1] - first[0] == 1 || first == [1, 8])
    }
  }

  @Test func clientsHavePhasesOfTheirOwn() {
    let starts = Set(Fixture.clients(50).map { rounds(of: $0, in: 1...8) })
    #expect(starts.count == 8)
    let other = Fixture.clients(50).filter {
      availability.isAvailable($0, round: 1, key: Fixture.key)
        != availability.isAvailable($0, round: 1, key: RandomKey(seed: 99))
    }
    #expect(!other.isEmpty)
  }

  @Test func aShareThatRoundsToNothingIsOneRound() {
    let rare = PeriodicAvailability(AvailabilityPlan(kind: .periodic, period: 5, share: 0.01))
    let client = ClientID(index: 0)
    #expect(
      (1...5).count { rare.isAvailable(client, round: $0, key: Fixture.key) } == 1)
    #expect(rare.horizon(from: 3) == 7)
  }
}

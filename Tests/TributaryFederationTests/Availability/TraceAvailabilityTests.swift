import Testing
import TributaryCore
import TributaryFederation

@Suite struct TraceAvailabilityTests {
  private let trace = TraceAvailability([
    ClientID(index: 0): [1...2, 9...9], ClientID(index: 1): [2...4, 3...6],
  ])

  @Test func clientsAreThereInTheirRounds() {
    func rounds(_ client: Int) -> [Int] {
      (1...12).filter {
        trace.isAvailable(ClientID(index: client), round: $0, key: Fixture.key)
      }
    }
    #expect(rounds(0) == [1, 2, 9])
    #expect(rounds(1) == [2, 3, 4, 5, 6])
    #expect(rounds(2) == [])
  }

  @Test func nothingIsToldAfterTheLastRow() {
    #expect(trace.horizon(from: 1) == 9 && trace.horizon(from: 20) == 20)
    #expect(TraceAvailability([:]).horizon(from: 4) == 4)
  }
}

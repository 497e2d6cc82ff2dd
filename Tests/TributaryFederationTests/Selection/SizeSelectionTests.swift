import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

@Suite struct SizeSelectionTests {
  @Test func oneOfManyIsDrawnAsOftenAsItIsLarge() {
    let sizes = [1, 2, 3, 4]
    let present = zip(Fixture.clients(4), sizes).map { Candidate(client: $0, exampleCount: $1) }
    let selection = SizeSelection()
    var counts: [ClientID: Int] = [:]
    for round in 1...5000 {
      for client in selection.cohort(of: present, count: 1, round: round, key: Fixture.key) {
        counts[client, default: 0] += 1
      }
    }
    // Expected 500, 1000, 1500, 2000; chi-square with 3 degrees, 99.9 %: 16.3.
    let chi = zip(present, sizes).reduce(0.0) { sum, entry in
      let expected = Double(entry.1) * 500
      let difference = Double(counts[entry.0.client] ?? 0) - expected
      return sum + difference * difference / expected
    }
    #expect(chi < 16.3)
  }
}

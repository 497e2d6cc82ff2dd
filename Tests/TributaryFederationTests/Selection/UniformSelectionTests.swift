import Testing
import TributaryCore
import TributaryFederation

@Suite struct UniformSelectionTests {
  @Test func everyClientIsAskedEquallyOften() {
    let clients = Fixture.clients(10)
    let present = clients.map { Candidate(client: $0) }
    var counts: [ClientID: Int] = [:]
    for round in 1...5000 {
      for client in UniformSelection().cohort(of: present, count: 3, round: round, key: Fixture.key)
      {
        counts[client, default: 0] += 1
      }
    }
    // 1500 expected each, standard deviation 32; chi-square with 9 degrees, 99.9 %: 27.9.
    let chi = clients.reduce(0.0) { sum, client in
      let difference = Double(counts[client] ?? 0) - 1500
      return sum + difference * difference / 1500
    }
    #expect(chi < 27.9)
  }

  @Test func roundsDiffer() {
    let present = Fixture.clients(100).map { Candidate(client: $0) }
    let cohorts = (1...20).map {
      UniformSelection().cohort(of: present, count: 10, round: $0, key: Fixture.key)
    }
    #expect(Set(cohorts).count == 20)
  }
}

import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

@Suite struct RoundRobinSelectionTests {
  @Test func everyClientHasItsTurnBeforeAnyHasAnother() {
    let present = Fixture.clients(12).map { Candidate(client: $0) }
    let selection = SelectionRegistry.make(SelectionPlan(kind: .roundRobin))
    let cohorts = (1...6).map {
      selection.cohort(of: present, count: 4, round: $0, key: Fixture.key)
    }
    #expect(Set(cohorts[0...2].joined()) == Set(present.map(\.client)))
    #expect(cohorts[0] == cohorts[3] && cohorts[1] == cohorts[4])
    let other = selection.cohort(of: present, count: 4, round: 1, key: Fixture.key.at("other"))
    #expect(other != cohorts[0])
  }
}

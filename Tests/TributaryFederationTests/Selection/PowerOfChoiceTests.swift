import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

@Suite struct PowerOfChoiceTests {
  private let clients = Fixture.clients(8)

  private func cohort(_ losses: [Double?], candidates: Int) -> [ClientID] {
    PowerOfChoice(SelectionPlan(kind: .powerOfChoice, candidates: candidates)).cohort(
      of: zip(clients, losses).map { Candidate(client: $0, lastLoss: $1) }, count: 2, round: 1,
      key: Fixture.key)
  }

  @Test func ofAllThoseWithTheHighestLossAreAsked() {
    let losses: [Double?] = [1, 5, 2, 8, 3, 0, 4, 7]
    #expect(cohort(losses, candidates: 8) == [clients[3], clients[7]])
  }

  @Test func whoNeverTrainedComesFirst() {
    let losses: [Double?] = [1, 5, nil, 8, 3, 0, 4, nil]
    #expect(cohort(losses, candidates: 8) == [clients[2], clients[7]])
  }

  @Test func withAsManyCandidatesAsAskedLossesDoNotMatter() {
    let none = [Double?](repeating: nil, count: 8)
    #expect(cohort([1, 5, 2, 8, 3, 0, 4, 7], candidates: 2) == cohort(none, candidates: 2))
  }
}

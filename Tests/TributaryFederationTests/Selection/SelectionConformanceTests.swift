import Testing
import TributaryCore
import TributaryFederation
import TributaryPlan

/// What every selection must do.
@Suite struct SelectionConformanceTests {
  private let candidates = Fixture.clients(20).enumerated().map {
    Candidate(client: $1, exampleCount: 1 + $0 * 7 % 30, lastLoss: $0 % 3 == 0 ? nil : Double($0))
  }

  private func selection(_ kind: SelectionPlan.Kind) -> any ClientSelection {
    SelectionRegistry.make(SelectionPlan(kind: kind))
  }

  @Test func allKindsAreThere() {
    #expect(SelectionRegistry.all.map { $0.kind } == SelectionPlan.Kind.allCases)
  }

  @Test(arguments: SelectionPlan.Kind.allCases)
  func dependsOnWhoIsPresentNotOnTheirOrder(_ kind: SelectionPlan.Kind) {
    let selection = selection(kind)
    for round in 1...5 {
      let cohort = selection.cohort(of: candidates, count: 6, round: round, key: Fixture.key)
      #expect(cohort.count == 6 && Set(cohort).count == 6 && cohort == cohort.sorted())
      #expect(Set(cohort).isSubset(of: candidates.map(\.client)))
      let shuffled = Fixture.key.at("shuffle").permutation(of: 20).map { candidates[$0] }
      #expect(selection.cohort(of: shuffled, count: 6, round: round, key: Fixture.key) == cohort)
    }
  }

  @Test(arguments: SelectionPlan.Kind.allCases)
  func allAreAskedWhereAllAreNeeded(_ kind: SelectionPlan.Kind) {
    for count in [nil, 20, 50] {
      let cohort = selection(kind).cohort(of: candidates, count: count, round: 1, key: Fixture.key)
      #expect(cohort == candidates.map(\.client))
    }
  }
}

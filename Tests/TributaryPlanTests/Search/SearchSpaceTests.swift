import Testing
import TributaryCore
@testable import TributaryPlan

@Suite struct SearchSpaceTests {
  private let plan = SearchPlan(
    methods: [.head, .fineTune, .lora], lastBlocks: [2, 0], ranks: [4], heads: [.softmax, .ridge])

  @Test func everyCandidateIsAPlan() throws {
    let candidates = SearchSpace(plan).candidates
    #expect(
      candidates.map(\.name) == [
        "head", "head ridge", "fine-tune last 2", "fine-tune all", "lora rank 4",
      ])
    let plans = try candidates.map { candidate in
      try RunPlanReader.read(
        yaml: smallPlan, file: "run.yaml",
        overrides: ["transfer=auto", "federation={rounds: 9, strategy: {kind: fedadam}}"]
          + SearchSpace.Choice(candidate: candidate, learningRate: 0.25).overrides)
    }
    #expect(plans.allSatisfy { $0.transfer.auto == nil })
    #expect(plans.map(\.transfer.method) == [.head, .head, .fineTune, .fineTune, .lora])
    #expect(plans.map(\.transfer.lastBlocks) == [nil, nil, 2, nil, nil])
    #expect(plans.map(\.transfer.head.kind)[..<2] == [.softmax, .ridge])
    #expect(plans.map(\.federation.rounds) == [9, 1, 9, 9, 9] && plans[4].transfer.rank == 4)
    #expect(plans.allSatisfy { $0.local.optimizer.learningRate == 0.25 })
  }

  @Test func ratesLieAroundWhatIsKnown() {
    #expect(SearchSpace.rates(plan, usual: 0.01) == [0.001, 0.003, 0.01, 0.03, 0.1])
    #expect(SearchSpace.rates(plan, usual: 0.01, found: 1.234e-4) == [3.7e-5, 1.2e-4, 3.7e-4])
    let listed = SearchPlan(learningRates: [5])
    #expect(SearchSpace.rates(listed, usual: 0.01, found: 1) == [5])
  }

  @Test func choicesAreAShuffleThatTheSeedDecides() {
    let rates = SearchSpace(plan).candidates.map { (candidate: $0, rates: [0.1, 1]) }
    func choices(_ seed: UInt64, _ trials: Int = 100) -> [SearchSpace.Choice] {
      SearchSpace.choices(rates, trials: trials, key: RandomKey(seed: seed))
    }
    // Four are trained with either rate, one is solved.
    #expect(choices(1).count == 9 && Set(choices(1)).count == 9)
    #expect(choices(1) == choices(1) && choices(1) != choices(2))
    #expect(choices(1, 4) == Array(choices(1).prefix(4)))
    #expect(choices(1).filter { $0.learningRate == nil }.map(\.candidate.name) == ["head ridge"])
  }
}

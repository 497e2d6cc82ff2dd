import Testing
import TributaryCore
@testable import TributaryPlan

@Suite struct SearchPlanTests {
  private func auto(_ overrides: String...) throws -> SearchPlan? {
    try RunPlanReader.read(yaml: smallPlan, file: "run.yaml", overrides: overrides).transfer.auto
  }

  @Test func isOneWordOrASection() throws {
    #expect(try auto() == nil)
    #expect(try auto("transfer=auto") == SearchPlan())
    #expect(try auto("transfer.auto=true") == SearchPlan())
    #expect(try auto("transfer={auto: {}}") == SearchPlan())
    #expect(try auto("transfer=auto", "transfer.auto=false") == nil)
    #expect(try auto("transfer={auto: {eta: 4}}", "transfer.auto=false") == nil)
    let some = try auto(
      "transfer={auto: {methods: [head, lora], ranks: [4, 16], learningRates: [0.1, 1], "
        + "budget: {epochs: 30, seconds: 5}, eta: 4, metric: loss}}")
    let expected = SearchPlan(
      methods: [.head, .lora], ranks: [4, 16], learningRates: [0.1, 1], eta: 4, metric: "loss",
      budget: .init(epochs: 30, seconds: 5))
    #expect(some == expected)
  }

  @Test(arguments: [
    ("transfer={auto: {methods: [heads]}}", "did you mean \"head\"?"),
    ("transfer={auto: {methods: []}}", "is empty"),
    ("transfer={auto: {methods: [head, head]}}", "has a value twice"),
    ("transfer={auto: {learningRates: [0]}}", "must be > 0"),
    ("transfer={auto: {eta: 1}}", "must be >= 2"),
    ("transfer={auto: {}, method: head}", "is what transfer.auto searches"),
    ("transfer={auto: {methods: [head], ranks: [2]}}", "are for lora"),
    ("transfer={auto: {}, episodes: {algorithm: maml}}", "does not go with transfer.episodes"),
    ("transfer=automatic", "expected a section"),
  ])
  func refusesWhatCannotBe(_ override: String, _ text: String) {
    let found = problems(smallPlan, overrides: [override])
    #expect(found.contains { $0.contains(text) }, "\(found)")
  }
}

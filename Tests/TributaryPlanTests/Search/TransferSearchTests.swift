import Testing
import TributaryCore
@testable import TributaryPlan

@Suite struct TransferSearchTests {
  private func report(_ plan: SearchPlan, trials: Int = 9) -> SearchReport {
    let candidate = SearchSpace.Candidate(name: "all", settings: [], isSolved: false)
    return SearchReport(
      plan: Digest(of: "plan"), unit: "epochs", metric: "accuracy", levels: [1, 3, 9],
      choices: (0..<trials).map { .init(candidate: candidate, learningRate: Double($0)) },
      leftOut: [])
  }

  /// Goes on until it ends or so many jobs are done; every job takes a second.
  private func run(_ search: inout TransferSearch, limit: Int = .max) {
    var count = 0
    while count < limit, let job = search.next() {
      let value = Double((job.trial * 5 + job.rung) % 9) / 9
      search.record(job, .init(value: value), seconds: 1)
      count += 1
    }
  }

  @Test func goesOnWhereItWasInterrupted() throws {
    let plan = SearchPlan()
    var whole = TransferSearch(report(plan), plan: plan, resumesTrials: true)
    run(&whole)
    try whole.choose()
    for limit in [0, 1, 4, 7] {
      var first = TransferSearch(report(plan), plan: plan, resumesTrials: true)
      run(&first, limit: limit)
      let kept = try PlanJSON.decode(SearchReport.self, from: PlanJSON.encode(first.report))
      var second = TransferSearch(kept, plan: plan, resumesTrials: true)
      run(&second)
      try second.choose()
      #expect(second.report == whole.report)
    }
    let chosen = try #require(whole.report.chosen)
    #expect(chosen.overrides.last == "local.optimizer.learningRate=\(Double(chosen.trial))")
    #expect(chosen.why.contains("after 9 epochs"))
    #expect(whole.report.csv.split(separator: "\n").count == 10)
  }

  @Test func costsTheDifferenceWhereTrialsGoOn() {
    let plan = SearchPlan()
    for (resumes, cost) in [(true, 6), (false, 9)] {
      let search = TransferSearch(report(plan), plan: plan, resumesTrials: resumes)
      #expect(search.cost(of: .init(trial: 0, rung: 2)) == cost)
      #expect(search.cost(of: .init(trial: 0, rung: 0)) == 1)
    }
  }

  @Test func keepsToItsBudget() throws {
    let plan = SearchPlan(budget: .init(epochs: 7))
    var search = TransferSearch(report(plan), plan: plan, resumesTrials: true)
    run(&search)
    #expect(search.report.cost <= 7 && search.report.cut?.contains("7 epochs") == true)
    let none = SearchPlan(budget: .init(epochs: 1))
    var short = TransferSearch(report(none), plan: none, resumesTrials: true)
    run(&short)
    #expect(short.report.jobs.count == 1)
  }

  @Test func timeLowersTheNumberOfTrialsAlone() throws {
    let plan = SearchPlan(budget: .init(seconds: 4))
    var search = TransferSearch(report(plan), plan: plan, resumesTrials: true)
    run(&search)
    let begun = Set(search.report.jobs.map(\.job.trial)).count
    #expect(begun < 9 && search.report.cut?.contains("the same as trials: \(begun)") == true)
    let free = SearchPlan()
    var few = TransferSearch(report(free, trials: begun), plan: free, resumesTrials: true)
    run(&few)
    #expect(few.report.jobs == search.report.jobs)
  }

  @Test func saysWhyNothingCouldBeTrained() {
    let plan = SearchPlan()
    var search = TransferSearch(report(plan, trials: 1), plan: plan, resumesTrials: true)
    let job = search.next()
    search.record(job ?? .init(trial: 0, rung: 0), .init(value: nil), seconds: 1, reason: "too hot")
    #expect(throws: TributaryError.self) { try search.choose() }
  }
}

internal import TributaryCore

/// A search as it goes on: successive halving over trials, with what it has found as a value that can be kept.
///
/// What was done before is found in the report and not done again, so that a search goes on where it was interrupted
/// and comes to the same end.
public struct TransferSearch: Sendable {
  public private(set) var report: SearchReport
  private var halving: SuccessiveHalving
  private let budget: SearchPlan.Budget
  private let resumesTrials: Bool

  /// - Parameters:
  ///   - report: fresh, or what an earlier process has kept of this search.
  ///   - resumesTrials: whether a longer training goes on from the shorter one, and costs the difference.
  public init(_ report: SearchReport, plan: SearchPlan, resumesTrials: Bool) {
    self.report = report
    self.resumesTrials = resumesTrials
    budget = plan.budget
    halving = SuccessiveHalving(
      trials: report.trials.count, longest: report.levels.last ?? 1,
      shortest: report.levels.first ?? 1, eta: plan.eta,
      isLowerBetter: report.isLowerBetter)
    while let job = halving.next, let done = report.done(job) { halving.record(job, done.score) }
    if report.cut != nil { halving.beginNoMore() }
  }

  private var units: Int? { report.unit == "epochs" ? budget.epochs : budget.rounds }

  /// What is to be trained next; nil where the search is over.
  public mutating func next() -> SuccessiveHalving.Job? {
    guard report.chosen == nil else { return nil }
    if let seconds = budget.seconds, let job = halving.next, job.rung == 0,
      report.seconds >= seconds
    {
      cut("\(seconds) seconds were over: the same as trials: \(job.trial)", at: job)
    }
    guard let job = halving.next else { return nil }
    if let units, report.cost + cost(of: job) > units {
      cut("a budget of \(units) \(report.unit) was used up", at: job)
      return nil
    }
    return job
  }

  private mutating func cut(_ reason: String, at job: SuccessiveHalving.Job) {
    report.cut = reason
    halving.beginNoMore()
  }

  /// Epochs or rounds that a job takes.
  public func cost(of job: SuccessiveHalving.Job) -> Int {
    guard !report.trials[job.trial].choice.candidate.isSolved else { return 1 }
    let former = resumesTrials && job.rung > 0 ? report.levels[job.rung - 1] : 0
    return report.levels[job.rung] - former
  }

  public mutating func record(
    _ job: SuccessiveHalving.Job, _ score: SuccessiveHalving.Score, seconds: Double,
    reason: String? = nil
  ) {
    halving.record(job, score)
    report.jobs.append(
      .init(job, score, cost: cost(of: job), seconds: seconds, reason: reason))
  }

  /// Chooses: the best of the longest training.
  ///
  /// - Throws: `search.failed` where no trial could be trained.
  public mutating func choose() throws {
    guard report.chosen == nil else { return }
    guard let winner = halving.winner else {
      let reason = report.jobs.compactMap(\.reason).first ?? "no trial began"
      throw TributaryError(
        "search.failed", "no trial of transfer.auto could be trained: \(reason)",
        advice: "lower transfer.auto.learningRates, or allow a larger budget")
    }
    report.chosen = .init(
      trial: winner.trial, overrides: report.trials[winner.trial].choice.overrides,
      why: why(winner))
  }

  private func why(_ winner: SuccessiveHalving.Job) -> String {
    let level = report.levels[winner.rung]
    let ranking = halving.ranking(of: winner.rung)
    func value(_ trial: Int) -> String {
      report.done(.init(trial: trial, rung: winner.rung))?.score.value.map { "\($0)" } ?? "-"
    }
    let next =
      ranking.dropFirst().first.map { trial in
        "the next, \(report.trials[trial].choice.candidate.name), has \(value(trial))"
      } ?? "no other got so far"
    return "\(report.metric) \(value(winner.trial)) of examples held out after \(level) "
      + "\(report.unit), the best of \(ranking.count) that were trained so long; \(next)"
  }
}

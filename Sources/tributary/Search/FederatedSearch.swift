import Logging
import TributaryCoordinator
import TributaryCore
import TributaryData
import TributaryPlan
import TributaryTransfer

/// `transfer: auto` in a simulated federation: every trial is an ordinary run of some rounds, which its clients
/// measure on the examples that they hold out; there is no test in it.
struct FederatedSearch {
  let options: PlanOptions
  let output: String
  let parallel: Int?
  let log: Logger

  /// The chosen plan.
  func run(
    _ plan: RunPlan, _ auto: SearchPlan, resume: Bool, printsJSON: Bool
  ) async throws -> RunPlan {
    guard auto.budget.epochs == nil else {
      throw TributaryError(
        "search.budget", "transfer.auto.budget.epochs is for tributary finetune",
        advice: "say transfer.auto.budget.rounds")
    }
    let train = try FederatedDataset(plan)
    var desk = try SearchDesk(
      plan, auto,
      .init(
        unit: "rounds", metric: "globalAccuracy", longest: plan.federation.rounds,
        resumesTrials: false),
      options: options, output: output, resume: resume, printsJSON: printsJSON
    ) { candidate in
      let choice = SearchSpace.Choice(candidate: candidate, learningRate: nil)
      _ = try FederationSetup(trialPlan(choice, rounds: 1), train: train.dataset)
      return SearchSpace.rates(auto, usual: plan.local.optimizer.learningRate)
    }
    let stop = SweepStop()
    let trap = SignalTrap { stop.stop() }
    defer { withExtendedLifetime(trap) {} }
    let clock = SystemClock()
    while let job = try desk.next() {
      let start = clock.seconds
      let result: Result<SuccessiveHalving.Score, any Error>
      do {
        result = .success(
          try await score(
            desk.choice(of: job), rounds: desk.report.levels[job.rung],
            metric: desk.report.metric, in: desk.folder(of: job.trial), stop))
      } catch {
        result = .failure(error)
      }
      try desk.record(job, result, seconds: clock.seconds - start)
    }
    return try PlanOptions.plan(options.run, overrides: try desk.close())
  }

  private func trialPlan(_ choice: SearchSpace.Choice, rounds: Int) throws -> RunPlan {
    var plan = try PlanOptions.plan(options.run, overrides: options.overrides + choice.overrides)
    plan.data.test = nil
    if plan.data.holdout == 0 { plan.data.holdout = SearchPlan.usualHoldout }
    if !choice.candidate.isSolved { plan.federation.rounds = rounds }
    plan.federation.stopping = StoppingPlan()
    plan.federation.personalize = PersonalizePlan()
    plan.data.tasks = plan.data.tasks?.map { task in
      var task = task
      task.test = nil
      return task
    }
    plan.evaluation.clients = .all
    plan.evaluation.matrix = false
    return plan
  }

  private func score(
    _ choice: SearchSpace.Choice, rounds: Int, metric: String, in folder: String, _ stop: SweepStop
  ) async throws -> SuccessiveHalving.Score {
    let folder = "\(folder)/rounds-\(rounds)"
    let state = try RunDirectory.state(of: folder)
    let summary: RunSummary
    if case .complete(_, let found) = state {
      summary = found
    } else {
      let run = try SimulatedRun(
        trialPlan(choice, rounds: rounds), directory: folder,
        opening: state == .absent ? .new : .resume, parallel: parallel, log: log, output: nil)
      summary = try await stop.run(run.coordinator)
    }
    guard let value = summary.metrics[metric] else {
      throw TributaryError(
        "search.metric", "there is no metric \(metric)",
        advice: "there are \(summary.metrics.keys.sorted().joined(separator: ", "))")
    }
    return .init(value: value)
  }
}

import TributaryCore
import TributaryData
import TributaryPlan
import TributaryStorage
import TributaryTransfer
import TributaryWorker

/// `transfer: auto` in one place: every trial is a fine-tuning that pauses, and goes on where it was promoted.
struct PooledSearch {
  let options: PlanOptions
  let output: String
  let train: Dataset
  let target: Dataset?
  /// Of `data.validation`.
  let validation: Dataset?
  let watch: LocalTrainer.Watch

  /// The chosen plan. Where the run holds examples out itself, its training has begun in `output` already.
  func run(_ plan: RunPlan, _ auto: SearchPlan, resume: Bool, printsJSON: Bool) throws -> RunPlan {
    guard auto.budget.rounds == nil else {
      throw TributaryError(
        "search.budget", "transfer.auto.budget.rounds is for tributary simulate",
        advice: "say transfer.auto.budget.epochs")
    }
    var desk = try SearchDesk(
      plan, auto,
      .init(
        unit: "epochs", metric: "accuracy", longest: plan.local.epochs, resumesTrials: true),
      options: options, output: output, resume: resume, printsJSON: printsJSON
    ) { candidate in
      try rates(candidate, plan, auto)
    }
    let clock = SystemClock()
    while let job = try desk.next() {
      let start = clock.seconds
      let result = Result {
        try score(
          desk.choice(of: job), length: desk.report.levels[job.rung],
          metric: desk.report.metric, in: desk.folder(of: job.trial))
      }
      try desk.record(job, result, seconds: clock.seconds - start)
    }
    let overrides = try desk.close()
    let chosen = try PlanOptions.plan(options.run, overrides: overrides)
    if plan.data.holdout > 0 || validation != nil, let trial = desk.report.chosen?.trial {
      try keep(desk.folder(of: trial))
    }
    return chosen
  }

  private func trialPlan(_ overrides: [String]) throws -> RunPlan {
    var plan = try PlanOptions.plan(options.run, overrides: options.overrides + overrides)
    if plan.data.holdout == 0, validation == nil { plan.data.holdout = SearchPlan.usualHoldout }
    return plan
  }

  private func rates(
    _ candidate: SearchSpace.Candidate, _ plan: RunPlan, _ auto: SearchPlan
  ) throws -> [Double] {
    let overrides = SearchSpace.Choice(candidate: candidate, learningRate: nil).overrides
    let prepared = try PreparedRun(try trialPlan(overrides), example: train)
    guard auto.learningRates.isEmpty, !candidate.isSolved,
      !prepared.objectives.needs.contains(.target)
    else { return SearchSpace.rates(auto, usual: plan.local.optimizer.learningRate) }
    let found = try LearningRateFinder(prepared).run(on: train, watch: watch).suggestion
    return SearchSpace.rates(auto, usual: plan.local.optimizer.learningRate, found: found)
  }

  private func score(
    _ choice: SearchSpace.Choice, length: Int, metric: String, in folder: String
  ) throws -> SuccessiveHalving.Score {
    let plan = try trialPlan(choice.overrides)
    let record = try TrainingRecord(
      folder: folder, plan: plan, resumes: TrainingRecord.isThere(in: folder))
    var epochs: [StoppingRule.Measured] = []
    _ = try PooledTraining(PreparedRun(plan, example: train), validation: validation).run(
      on: train, target: target, record: record, pausingAfter: length, watch: watch
    ) { epochs.append(($0.number, $0.metrics)) }
    epochs.removeAll { $0.round > length }
    let stopping = plan.federation.stopping
    let best = stopping.keepsBest ? StoppingRule(stopping).best(of: epochs) : nil
    let metrics = (epochs.first { $0.round == best } ?? epochs.last)?.metrics ?? [:]
    guard let value = metrics[metric] else {
      throw TributaryError(
        "search.metric", "there is no metric \(metric)",
        advice: "there are \(metrics.keys.sorted().joined(separator: ", "))")
    }
    return .init(value: value, loss: metrics["loss"])
  }

  /// The chosen trial's training goes on as the run's.
  private func keep(_ folder: String) throws {
    guard TrainingRecord.isThere(in: folder), !TrainingRecord.isThere(in: output) else { return }
    let path = TrainingRecord.path(in: output)
    try DurableFile.createFolder(DurableFile.parent(of: path))
    try DurableFile.write(try DurableFile.read(TrainingRecord.path(in: folder)), to: path)
  }
}

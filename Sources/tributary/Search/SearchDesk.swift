import Foundation
import TributaryCore
import TributaryPlan
import TributaryStorage

/// A search's files and lines: OUTPUT/search.json, OUTPUT/search.csv and OUTPUT/chosen.yaml.
struct SearchDesk {
  /// What one command searches with.
  struct Scope {
    /// `epochs` or `rounds`.
    var unit: String
    var metric: String
    /// Of the run itself, with which all of `unit` end.
    var longest: Int
    var resumesTrials: Bool
  }

  private let options: PlanOptions
  private let output: String
  private let printsJSON: Bool
  private let lock: FileLock
  private(set) var search: TransferSearch

  var report: SearchReport { search.report }

  /// Begins a search, or goes on with the one in `output`.
  ///
  /// - Parameter rates: the learning rates to try a candidate with; what it throws leaves the candidate out.
  init(
    _ plan: RunPlan, _ auto: SearchPlan, _ scope: Scope, options: PlanOptions, output: String,
    resume: Bool, printsJSON: Bool, rates: (SearchSpace.Candidate) throws -> [Double]
  ) throws {
    self.options = options
    self.output = output
    self.printsJSON = printsJSON
    lock = try Self.lock(output)
    let report: SearchReport
    if resume {
      report = try Self.read(output, plan: plan.digest)
    } else {
      guard !DurableFile.exists(Self.record(output)) else {
        throw TributaryError(
          "search.exists", "\(output) already has a search",
          advice: "go on with --resume, or choose another output folder")
      }
      report = try Self.begin(plan, auto, scope, rates)
    }
    search = TransferSearch(report, plan: auto, resumesTrials: scope.resumesTrials)
    try save()
    if !resume { announce() }
  }

  /// The folder of a trial's training.
  func folder(of trial: Int) -> String { "\(output)/search/trial-\(trial)" }

  func choice(of job: SuccessiveHalving.Job) -> SearchSpace.Choice {
    report.trials[job.trial].choice
  }

  mutating func next() throws -> SuccessiveHalving.Job? { search.next() }

  /// Writes down what a job measured, or why it failed.
  ///
  /// - Throws: where the job was interrupted.
  mutating func record(
    _ job: SuccessiveHalving.Job, _ result: Result<SuccessiveHalving.Score, any Error>,
    seconds: Double
  ) throws {
    switch result {
    case .success(let score): search.record(job, score, seconds: seconds)
    case .failure(let error):
      if error is CancellationError { throw error }
      // What is wrong with the search itself, or with this machine, would be so in every trial.
      if let error = error as? TributaryError,
        ["run.interrupted", "search.metric"].contains(error.code) || error.code.hasPrefix("file.")
      {
        throw error
      }
      search.record(job, .init(value: nil), seconds: seconds, reason: "\(error)")
    }
    try save()
    show(job)
  }

  /// Chooses, writes the chosen run file and says why.
  ///
  /// - Returns: the overrides that make the chosen plan of the run file.
  mutating func close() throws -> [String] {
    let isNew = report.chosen == nil
    try search.choose()
    guard let chosen = report.chosen else { preconditionFailure("a choice was made") }
    let overrides = options.overrides + chosen.overrides
    let text = try RunPlanReader.rewritten(path: options.run, overrides: overrides)
    try write("# Chosen by transfer: auto: \(chosen.why).\n" + text, to: "\(output)/chosen.yaml")
    try save()
    if isNew { summarize(chosen) }
    return overrides
  }

  // MARK: Files

  private static func record(_ output: String) -> String { "\(output)/search.json" }

  private static func lock(_ output: String) throws -> FileLock {
    try DurableFile.createFolder(output)
    guard let lock = try FileLock(path: "\(output)/search.lock") else {
      throw TributaryError(
        "search.locked", "another process searches in \(output)",
        advice: "wait for it, stop it, or choose another output folder")
    }
    return lock
  }

  private static func read(_ output: String, plan: Digest) throws -> SearchReport {
    guard DurableFile.exists(record(output)) else {
      throw TributaryError(
        "search.missing", "there is no search in \(output)", advice: "start it without --resume")
    }
    let text = String(
      decoding: try DurableFile.read(record(output)).array(of: UInt8.self), as: UTF8.self)
    let report = try PlanJSON.decode(SearchReport.self, from: text)
    guard report.plan == plan else {
      throw TributaryError(
        "run.planChanged", "the search in \(output) was begun with another plan",
        advice: "give the same run file and --set options, or choose another output folder")
    }
    return report
  }

  private static func begin(
    _ plan: RunPlan, _ auto: SearchPlan, _ scope: Scope,
    _ rates: (SearchSpace.Candidate) throws -> [Double]
  ) throws -> SearchReport {
    var leftOut: [String] = []
    let tried = try SearchSpace(auto).candidates.compactMap {
      candidate -> (candidate: SearchSpace.Candidate, rates: [Double])? in
      do {
        return (candidate: candidate, rates: try rates(candidate))
      } catch let error as TributaryError where error.code != "run.interrupted" {
        leftOut.append("\(candidate.name): \(error.message)")
        return nil
      }
    }
    guard !tried.isEmpty else {
      throw TributaryError(
        "search.methods",
        "nothing that transfer.auto lists fits: \(leftOut.joined(separator: "; "))",
        advice: "list other transfer.auto.methods")
    }
    let halving = SuccessiveHalving(
      trials: 0, longest: scope.longest, shortest: auto.minimum, eta: auto.eta)
    return SearchReport(
      plan: try plan.digest, unit: scope.unit, metric: auto.metric ?? scope.metric,
      levels: halving.levels,
      choices: SearchSpace.choices(
        tried, trials: auto.trials, key: plan.randomKey.at("search")),
      leftOut: leftOut)
  }

  private func save() throws {
    try write(try PlanJSON.encode(report) + "\n", to: Self.record(output))
    try write(report.csv, to: "\(output)/search.csv")
  }

  private func write(_ text: String, to path: String) throws {
    try DurableFile.write(Bytes(copying: Array(text.utf8)), to: path)
  }

  // MARK: Lines

  private struct TrialMeasured: Encodable {
    var event = "search.trial"
    var trial: Int
    var choice: SearchSpace.Choice
    var length: Int
    var score: SuccessiveHalving.Score
    var seconds: Double
    var reason: String?
  }

  private struct SearchCompleted: Encodable {
    var event = "search.completed"
    var search: SearchReport
  }

  private func announce() {
    guard !printsJSON else { return }
    let table = SearchTable(report)
    for line in table.beginning { Text.emit(line) }
  }

  private func show(_ job: SuccessiveHalving.Job) {
    guard let done = report.done(job) else { return }
    let event = TrialMeasured(
      trial: job.trial, choice: choice(of: job), length: report.levels[job.rung], score: done.score,
      seconds: done.seconds, reason: done.reason)
    if printsJSON {
      if let line = try? Text.json(event) { Text.emit(line) }
    } else {
      Text.emit(SearchTable(report).line(done))
    }
  }

  private func summarize(_ chosen: SearchReport.Chosen) {
    if printsJSON {
      if let line = try? Text.json(SearchCompleted(search: report)) { Text.emit(line) }
    } else {
      for line in SearchTable(report).lines(chosen, file: "\(output)/chosen.yaml") {
        Text.emit(line)
      }
    }
  }
}

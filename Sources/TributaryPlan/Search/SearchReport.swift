public import TributaryCore

/// What a search has found so far: what its trials are, and what each rung measured of them.
public struct SearchReport: Sendable, Codable, Equatable {
  /// Of the plan that is searched for.
  public var plan: Digest
  /// `epochs` or `rounds`: what the levels count.
  public var unit: String
  /// By which trials are compared.
  public var metric: String
  /// Lengths of the rungs.
  public var levels: [Int]
  public var trials: [Trial]
  /// In the order in which they were done.
  public var jobs: [Done] = []
  /// Candidates that do not fit, each with the reason.
  public var leftOut: [String] = []
  /// Why fewer trials began than there are; nil where all did.
  public var cut: String?
  public var chosen: Chosen?

  public struct Trial: Sendable, Codable, Equatable {
    public var choice: SearchSpace.Choice

    public init(_ choice: SearchSpace.Choice) { self.choice = choice }
  }

  /// A job that was done.
  public struct Done: Sendable, Codable, Equatable {
    public var job: SuccessiveHalving.Job
    public var score: SuccessiveHalving.Score
    /// Epochs or rounds that it took.
    public var cost: Int
    public var seconds: Double
    /// Why it failed.
    public var reason: String?

    public init(
      _ job: SuccessiveHalving.Job, _ score: SuccessiveHalving.Score, cost: Int, seconds: Double,
      reason: String? = nil
    ) {
      self.job = job
      self.score = score
      self.cost = cost
      self.seconds = seconds
      self.reason = reason
    }
  }

  public struct Chosen: Sendable, Codable, Equatable {
    public var trial: Int
    /// Settings that make the chosen plan of the run file.
    public var overrides: [String]
    public var why: String
  }

  public init(
    plan: Digest, unit: String, metric: String, levels: [Int], choices: [SearchSpace.Choice],
    leftOut: [String]
  ) {
    self.plan = plan
    self.unit = unit
    self.metric = metric
    self.levels = levels
    trials = choices.map(Trial.init)
    self.leftOut = leftOut
  }

  public var isLowerBetter: Bool { StoppingRule.isLowerBetter(metric) }

  /// Epochs or rounds of all jobs.
  public var cost: Int { jobs.reduce(0) { $0 + $1.cost } }
  public var seconds: Double { jobs.reduce(0) { $0 + $1.seconds } }

  public func done(_ job: SuccessiveHalving.Job) -> Done? { jobs.first { $0.job == job } }

  /// What was measured of a trial, from the shortest training to its longest.
  public func jobs(of trial: Int) -> [Done] {
    jobs.filter { $0.job.trial == trial }.sorted { $0.job.rung < $1.job.rung }
  }

  /// A line a trial: its number, its settings, its longest training and the metric after each rung.
  public var csv: String {
    let header =
      ["trial", "choice", "learningRate", unit, "seconds"] + levels.map { "\(metric).\($0)" }
    return ([header] + trials.indices.map(row)).map { $0.joined(separator: ",") + "\n" }.joined()
  }

  private func row(_ trial: Int) -> [String] {
    let (choice, done) = (trials[trial].choice, jobs(of: trial))
    let values = levels.indices.map { rung in
      done.first { $0.job.rung == rung }?.score.value.map { "\($0)" } ?? ""
    }
    return [
      "\(trial)", choice.candidate.name, choice.learningRate.map { "\($0)" } ?? "",
      "\(done.last.map { levels[$0.job.rung] } ?? 0)", "\(done.reduce(0) { $0 + $1.seconds })",
    ] + values
  }
}

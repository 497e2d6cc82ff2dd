/// Asynchronous successive halving (Li et al. 2020, "A System for Massively Parallel Hyperparameter Tuning",
/// algorithm 2, arXiv:1810.05934), one job at a time: a state machine without clock or trainings.
///
/// Rung 0 is the shortest training, every next one `eta` times as long, the last the longest. Whenever a job is
/// asked for, the best trial among the first `count / eta` of the highest rung that has one which has not gone on
/// goes on to the next; where none has, the next trial begins. So the order of jobs depends on what was measured
/// alone, never on how long it took.
public struct SuccessiveHalving: Sendable {
  /// One training of a trial to a rung's length.
  public struct Job: Sendable, Codable, Hashable {
    public var trial: Int
    public var rung: Int

    public init(trial: Int, rung: Int) {
      self.trial = trial
      self.rung = rung
    }
  }

  /// Epochs or rounds of each rung, ascending.
  public let levels: [Int]
  private let eta: Int
  private let isLowerBetter: Bool
  private var trials: Int
  private var begun = 0
  private var rungs: [[Int: Score]]
  private var gone: [Set<Int>]

  /// What a job measured. Equal values are told apart by the loss, where there is one, then by the trial's number.
  public struct Score: Sendable, Codable, Equatable {
    /// nil: the training failed, and goes on nowhere.
    public var value: Double?
    public var loss: Double?

    public init(value: Double?, loss: Double? = nil) {
      self.value = value
      self.loss = loss
    }
  }

  /// - Parameters:
  ///   - longest: of the last rung.
  ///   - shortest: no rung is shorter, unless `longest` is.
  public init(trials: Int, longest: Int, shortest: Int, eta: Int, isLowerBetter: Bool = false) {
    precondition(trials >= 0 && longest > 0 && shortest > 0 && eta > 1, "a search is possible")
    self.trials = trials
    self.eta = eta
    self.isLowerBetter = isLowerBetter
    var levels = [longest]
    while let last = levels.last, last / eta >= shortest { levels.append(last / eta) }
    self.levels = levels.reversed()
    rungs = Array(repeating: [:], count: levels.count)
    gone = Array(repeating: [], count: levels.count)
  }

  /// No further trial begins; those that have begun are compared to the end.
  public mutating func beginNoMore() { trials = begun }

  /// What is to be done next, until it is recorded; nil where nothing is left.
  public var next: Job? {
    for rung in levels.indices.dropLast().reversed() {
      let best = ranking(of: rung).prefix(rungs[rung].count / eta)
      if let trial = best.first(where: { !gone[rung].contains($0) }) {
        return Job(trial: trial, rung: rung + 1)
      }
    }
    return begun < trials ? Job(trial: begun, rung: 0) : nil
  }

  public mutating func record(_ job: Job, _ score: Score) {
    precondition(job == next, "jobs are done in their order")
    if job.rung == 0 { begun += 1 } else { gone[job.rung - 1].insert(job.trial) }
    rungs[job.rung][job.trial] = score
  }

  /// A rung's trials, the best first; without those that failed.
  public func ranking(of rung: Int) -> [Int] {
    let sign = isLowerBetter ? 1.0 : -1.0
    return rungs[rung].compactMap { trial, score in
      score.value.flatMap { value in
        value.isFinite ? (sign * value, score.loss ?? .infinity, trial) : nil
      }
    }.sorted { $0 < $1 }.map(\.2)
  }

  /// The best trial of the longest training that any had; nil where all failed.
  public var winner: Job? {
    for rung in levels.indices.reversed() {
      if let best = ranking(of: rung).first { return Job(trial: best, rung: rung) }
    }
    return nil
  }
}

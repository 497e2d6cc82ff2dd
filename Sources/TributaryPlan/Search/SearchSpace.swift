public import TributaryCore

/// What a search may try: every way to carry a backbone over, with every learning rate.
public struct SearchSpace: Sendable, Equatable {
  /// A method with its depth or width, as settings of a run file.
  public struct Candidate: Sendable, Codable, Hashable {
    /// `lora rank 8`
    public var name: String
    /// `transfer.method=lora`, ...
    public var settings: [String]
    /// Whether it is solved rather than trained: no learning rate, no second epoch.
    public var isSolved: Bool
  }

  /// A candidate with its learning rate: what one trial trains.
  public struct Choice: Sendable, Codable, Hashable {
    public var candidate: Candidate
    /// nil: nothing is trained.
    public var learningRate: Double?

    public init(candidate: Candidate, learningRate: Double?) {
      self.candidate = candidate
      self.learningRate = learningRate
    }

    /// What makes the trial's plan of the run file.
    public var overrides: [String] {
      ["transfer.auto=false"] + candidate.settings
        + (learningRate.map { ["local.optimizer.learningRate=\($0)"] } ?? [])
    }
  }

  public let candidates: [Candidate]

  public init(_ plan: SearchPlan) {
    candidates = plan.methods.flatMap { method -> [Candidate] in
      let setting = "transfer.method=\(method.rawValue)"
      func plain(_ name: String, _ more: [String] = []) -> Candidate {
        Candidate(name: name, settings: [setting] + more, isSolved: false)
      }
      switch method {
      case .fineTune:
        return plan.lastBlocks.map { count in
          count == 0
            ? plain("fine-tune all")
            : plain("fine-tune last \(count)", ["transfer.lastBlocks=\(count)"])
        }
      case .lora:
        return plan.ranks.map { plain("lora rank \($0)", ["transfer.rank=\($0)"]) }
      case .head: return plan.heads.map(Self.head)
      default: return [plain(method.rawValue)]
      }
    }
  }

  private static func head(_ kind: HeadPlan.Kind) -> Candidate {
    let name = kind == .softmax ? "head" : "head \(kind.rawValue)"
    let settings = ["transfer.method=head", "transfer.head.kind=\(kind.rawValue)"]
    // Solved from all clients' sums in one round.
    let round = ["federation.rounds=1", "federation.strategy=", "federation.clientsPerRound="]
    return Candidate(
      name: name, settings: settings + (kind.isClosedForm ? round : []), isSolved: kind != .softmax)
  }

  /// What the plan's own learning rate is multiplied by, where none are listed.
  private static let federatedFactors = [0.1, 0.3, 1, 3, 10]
  private static let pooledFactors = [0.3, 1, 3]

  /// - Parameters:
  ///   - usual: the plan's own.
  ///   - found: what the learning-rate finder suggests.
  public static func rates(_ plan: SearchPlan, usual: Double, found: Double? = nil) -> [Double] {
    guard plan.learningRates.isEmpty else { return plan.learningRates }
    let factors = found == nil ? federatedFactors : pooledFactors
    return factors.map { rounded((found ?? usual) * $0) }
  }

  /// To two significant digits, as a person would write it.
  private static func rounded(_ value: Double) -> Double {
    guard value.isNormal else { return value }
    var (value, places) = (value, 0)
    while value < 10 { (value, places) = (value * 10, places + 1) }
    while value >= 100 { (value, places) = (value / 10, places - 1) }
    return Double("\(Int(value.rounded()))e\(-places)") ?? value
  }

  /// The trials of a search, in the order in which they begin: a shuffle of all choices that `key` alone decides.
  public static func choices(
    _ rates: [(candidate: Candidate, rates: [Double])], trials: Int, key: RandomKey
  ) -> [Choice] {
    let all = rates.flatMap { candidate, rates in
      candidate.isSolved
        ? [Choice(candidate: candidate, learningRate: nil)]
        : rates.map { Choice(candidate: candidate, learningRate: $0) }
    }
    return key.permutation(of: all.count).prefix(trials).map { all[$0] }
  }
}

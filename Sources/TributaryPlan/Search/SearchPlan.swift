/// `transfer: auto`: what moves, how deep and at which learning rate is searched, on examples held out.
///
/// Successive halving, as `SuccessiveHalving` does it: many trainings begin, the best share of them goes on. The
/// longest training is the run's own: `local.epochs` in one place, `federation.rounds` in a federation.
public struct SearchPlan: Sendable, Codable, Equatable {
  /// Those that do not fit the backbone are left out.
  public var methods: [TransferPlan.Method]
  /// For `fine-tune`: so many of the backbone's last blocks; 0: all of it.
  public var lastBlocks: [Int]
  /// For `lora`: the adapters' width.
  public var ranks: [Int]
  /// For `head`: how the classifier is found.
  public var heads: [HeadPlan.Kind]
  /// Empty: in one place around what the learning-rate finder suggests for each method, in a federation around
  /// `local.optimizer.learningRate`.
  public var learningRates: [Double]
  /// The most trainings that begin.
  public var trials: Int
  /// One of so many goes on.
  public var eta: Int
  /// Epochs (rounds) of the shortest training.
  public var minimum: Int
  /// By which trainings are compared; nil: `accuracy` in one place, `globalAccuracy` in a federation. As in
  /// `federation.stopping` a loss or variance is better when lower.
  public var metric: String?
  public var budget: Budget

  /// When the search ends at the latest; nil: once every trial had its chance.
  public struct Budget: Sendable, Codable, Equatable {
    /// Of all trials together, in one place.
    public var epochs: Int?
    /// Of all trials together, in a federation.
    public var rounds: Int?
    /// After so long no further trial begins: what has begun is compared to the end, so that time decides the
    /// number of trials alone.
    public var seconds: Double?

    public init(epochs: Int? = nil, rounds: Int? = nil, seconds: Double? = nil) {
      self.epochs = epochs
      self.rounds = rounds
      self.seconds = seconds
    }
  }

  public init(
    methods: [TransferPlan.Method] = [.head, .fineTune, .norms, .bias, .lora],
    lastBlocks: [Int] = [1, 2, 0], ranks: [Int] = [8], heads: [HeadPlan.Kind] = [.softmax],
    learningRates: [Double] = [], trials: Int = 27, eta: Int = 3, minimum: Int = 1,
    metric: String? = nil, budget: Budget = Budget()
  ) {
    self.methods = methods
    self.lastBlocks = lastBlocks
    self.ranks = ranks
    self.heads = heads
    self.learningRates = learningRates
    self.trials = trials
    self.eta = eta
    self.minimum = minimum
    self.metric = metric
    self.budget = budget
  }

  /// Where the run holds nothing out, this share is, while trials are compared.
  public static let usualHoldout = 0.2
}

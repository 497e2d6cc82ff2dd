/// How a client trains on its shard in one round.
public struct LocalPlan: Sendable, Codable, Equatable {
  public var epochs: Int
  public var batchSize: Int
  /// Parts that a batch is computed in, one after the other: their gradients are added up, so a step is the
  /// same (but for batch norms, whose statistics are a part's) in less memory.
  public var accumulate: Int
  /// Whether the insides of a model's blocks are computed twice rather than kept for the gradient: the same
  /// step in less memory, for about a third more time.
  public var activationCheckpointing: Bool
  /// Whether texts of like length share a batch, so that little padding is computed.
  public var groupByLength: Bool
  public var precision: Precision
  public var optimizer: OptimizerPlan
  /// μ of FedProx's proximal term μ/2 ‖w − w₀‖² in the loss, w₀ being the weights that training starts from;
  /// 0: none.
  public var proximal: Double
  /// The client's half of the strategy, which the strategy sets; nil: training alone.
  public var algorithm: StrategyPlan?
  public var schedule: SchedulePlan
  /// Compute threads a client. A result may depend on it, so it is part of the plan.
  public var threads: Int

  /// The numbers in which linear layers and convolutions multiply; weights are float32 always.
  public enum Precision: String, Sendable, Codable, CaseIterable {
    case float32
    /// bfloat16, on CPUs that have it: in the products that such a CPU multiplies faster so (with AMX, and on
    /// AMD), the rest in float32.
    case bf16
  }

  public init(
    epochs: Int = 1, batchSize: Int = 32, accumulate: Int = 1,
    activationCheckpointing: Bool = false, groupByLength: Bool = false,
    precision: Precision = .float32, optimizer: OptimizerPlan = OptimizerPlan(),
    proximal: Double = 0, algorithm: StrategyPlan? = nil, schedule: SchedulePlan = SchedulePlan(), threads: Int = 1
  ) {
    self.epochs = epochs
    self.batchSize = batchSize
    self.accumulate = accumulate
    self.activationCheckpointing = activationCheckpointing
    self.groupByLength = groupByLength
    self.precision = precision
    self.optimizer = optimizer
    self.proximal = proximal
    self.algorithm = algorithm
    self.schedule = schedule
    self.threads = threads
  }
}

public struct OptimizerPlan: Sendable, Codable, Equatable {
  public var kind: Kind
  public var learningRate: Double
  /// SGD only.
  public var momentum: Double
  public var nesterov: Bool
  /// SGD: L2 term added to the gradient; AdamW: decoupled.
  public var weightDecay: Double
  /// AdamW only.
  public var beta1: Double
  public var beta2: Double
  public var epsilon: Double

  public enum Kind: String, Sendable, Codable, CaseIterable { case sgd, adamw }

  public init(
    kind: Kind = .sgd, learningRate: Double = 0.01, momentum: Double = 0, nesterov: Bool = false,
    weightDecay: Double = 0, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8
  ) {
    self.kind = kind
    self.learningRate = learningRate
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }
}

/// The learning rate over the steps of one local training (or of `pretrain`).
public struct SchedulePlan: Sendable, Codable, Equatable {
  public var kind: Kind
  /// Share of all steps over which the rate rises linearly from 0, before `kind` takes over.
  public var warmup: Double

  public enum Kind: String, Sendable, Codable, CaseIterable {
    case constant
    /// Half a cosine down to 0.
    case cosine
    /// Straight down to 0.
    case linear
  }

  public init(kind: Kind = .constant, warmup: Double = 0) {
    self.kind = kind
    self.warmup = warmup
  }
}

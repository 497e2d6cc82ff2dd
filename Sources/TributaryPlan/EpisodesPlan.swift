/// Learning from many small tasks instead of many examples: every task, an episode, is a few classes with a few
/// labelled examples of each (the support) and more of the same to measure with (the queries).
///
/// With this section the model has `ways` outputs, whatever the number of the data's classes, and `local.optimizer`
/// and `local.schedule` make the meta-steps; `local.batchSize` means nothing.
public struct EpisodesPlan: Sendable, Codable, Equatable {
  public var algorithm: Algorithm
  /// Classes of an episode.
  public var ways: Int
  /// Labelled examples of each class.
  public var shots: Int
  /// Examples of each class to measure with.
  public var queries: Int
  /// In training: classes of an episode (protonet); nil: `ways`.
  public var trainingWays: Int?
  /// In training: labelled examples of each class; nil: `shots`.
  public var trainingShots: Int?
  /// Meta-steps of an epoch: a round has `local.epochs` of them.
  public var iterations: Int
  /// Episodes whose mean makes one meta-step.
  public var metaBatch: Int
  /// Steps on the support, in training.
  public var innerSteps: Int
  public var innerLearningRate: Double
  public var innerOptimizer: InnerOptimizer
  /// Examples of the support in one inner step; nil: all.
  public var innerBatchSize: Int?
  /// Steps on the support where a model is adapted or measured; nil: `innerSteps`.
  public var evaluationSteps: Int?
  /// Their batch; nil: `innerBatchSize`.
  public var evaluationBatchSize: Int?
  /// Episodes that a model is measured with.
  public var evaluationEpisodes: Int
  /// Whether batch norms see all queries of an episode at once, or each with the support alone.
  public var transductive: Bool
  /// Whether training takes images turned by 90, 180 and 270 degrees for classes of their own.
  public var rotations: Bool
  /// Labels kept for the meta-test: training never sees their examples, the test sees no others. Empty: `data.test`
  /// has other classes than `data.train`.
  public var testClasses: [Int]

  public enum Algorithm: String, Sendable, Codable, CaseIterable {
    /// Nichol, Achiam & Schulman 2018: a step towards where a task's own training went.
    case reptile
    /// Finn, Abbeel & Levine 2017, first order: the queries' gradient where a task's training went.
    case fomaml
    /// The same, exactly: through the inner steps.
    case maml
    /// Raghu et al. 2020: MAML whose inner steps move the classifier alone.
    case anil
    /// Snell, Swersky & Zemel 2017: a class is the mean of its examples' features.
    case protonet
  }

  public enum InnerOptimizer: String, Sendable, Codable, CaseIterable {
    case sgd
    /// Without momentum (beta1 0), as Reptile's; Reptile only.
    case adam
  }

  public init(
    algorithm: Algorithm = .maml, ways: Int = 5, shots: Int = 1, queries: Int = 15,
    trainingWays: Int? = nil, trainingShots: Int? = nil, iterations: Int = 1000,
    metaBatch: Int = 4, innerSteps: Int = 1, innerLearningRate: Double = 0.4,
    innerOptimizer: InnerOptimizer = .sgd, innerBatchSize: Int? = nil,
    evaluationSteps: Int? = nil, evaluationBatchSize: Int? = nil, evaluationEpisodes: Int = 1000,
    transductive: Bool = true, rotations: Bool = false, testClasses: [Int] = []
  ) {
    self.algorithm = algorithm
    self.ways = ways
    self.shots = shots
    self.queries = queries
    self.trainingWays = trainingWays
    self.trainingShots = trainingShots
    self.iterations = iterations
    self.metaBatch = metaBatch
    self.innerSteps = innerSteps
    self.innerLearningRate = innerLearningRate
    self.innerOptimizer = innerOptimizer
    self.innerBatchSize = innerBatchSize
    self.evaluationSteps = evaluationSteps
    self.evaluationBatchSize = evaluationBatchSize
    self.evaluationEpisodes = evaluationEpisodes
    self.transductive = transductive
    self.rotations = rotations
    self.testClasses = testClasses
  }

  /// Whether every number lies where run.yaml may put it: what a worker checks of a peer's settings.
  public var isPossible: Bool {
    let sizes = [
      shots, queries, trainingShots, metaBatch, innerBatchSize, evaluationBatchSize,
    ]
    let steps = [iterations, innerSteps, evaluationSteps, evaluationEpisodes]
    return [ways, trainingWays].allSatisfy { Self.waysRange.contains($0 ?? 2) }
      && sizes.allSatisfy { Self.sizeRange.contains($0 ?? 1) }
      && steps.allSatisfy { Self.stepsRange.contains($0 ?? 1) }
      && innerLearningRate.isFinite && innerLearningRate > 0
      && (trainingWays == nil || algorithm == .protonet)
      && (innerOptimizer == .sgd || algorithm == .reptile)
  }

  static let waysRange = 2...100_000
  static let sizeRange = 1...100_000
  static let stepsRange = 1...100_000_000
}

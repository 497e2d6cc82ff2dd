public import TributaryCore
public import TributaryTensor

/// The client's half of a strategy: what a client does with one task.
///
/// A function of the task alone: what a client must remember from round to round is a tree of tensors that its
/// worker keeps and never sends.
public protocol ClientAlgorithm: Sendable {
  /// The name under which it is registered and which a strategy gives as `local.algorithm.kind`.
  static var kind: String { get }
  /// Whether it remembers anything.
  static var hasMemory: Bool { get }

  /// - Parameter options: the strategy's numbers; a peer's, so missing ones have defaults and wild ones are refused.
  init(options: [String: Double]) throws

  func run(_ task: LocalTask) throws -> LocalOutcome

  /// The tensors that move of the client's own model between rounds, where it has another than the one received.
  /// Default: it has none.
  func personalModel(_ task: LocalTask) throws -> ParameterTree<Tensor>?
}

extension ClientAlgorithm {
  public static var hasMemory: Bool { false }

  public func personalModel(_: LocalTask) throws -> ParameterTree<Tensor>? { nil }
}

/// What a client has in hand when a round begins.
public struct LocalTask: Sendable {
  public var trainer: LocalTrainer
  /// The model's tensors that move, shared and personal.
  public var moving: ParameterTree<Tensor>
  public var frozen: ParameterTree<Tensor>
  /// The strategy's own tensors, as they came.
  public var carried: ParameterTree<Tensor>
  /// What this client remembered after its last round that counted; empty before the first.
  public var memory: ParameterTree<Tensor>
  public var examples: TrainingExamples
  /// The client's examples of the target domain, where it has any.
  public var target: TrainingExamples?
  /// The part of the run's training that this task is, of 0...1.
  public var progress: ClosedRange<Double>
  public var key: RandomKey
  public var watch: LocalTrainer.Watch

  public init(
    trainer: LocalTrainer, moving: ParameterTree<Tensor>, frozen: ParameterTree<Tensor>,
    carried: ParameterTree<Tensor> = [:], memory: ParameterTree<Tensor> = [:],
    examples: TrainingExamples, target: TrainingExamples? = nil,
    progress: ClosedRange<Double> = 0...1, key: RandomKey, watch: LocalTrainer.Watch = .init()
  ) {
    self.trainer = trainer
    self.moving = moving
    self.frozen = frozen
    self.carried = carried
    self.memory = memory
    self.examples = examples
    self.target = target
    self.progress = progress
    self.key = key
    self.watch = watch
  }

  /// Trains from `moving`, or from `start`.
  func train(
    from start: ParameterTree<Tensor>? = nil, by trainer: LocalTrainer? = nil,
    terms: LocalTerms = LocalTerms(), key: RandomKey? = nil
  ) throws -> LocalTrainer.Result {
    try (trainer ?? self.trainer).train(
      moving: start ?? moving, frozen: frozen, examples: examples, target: target,
      progress: progress, carried: carried, key: key ?? self.key, terms: terms, watch: watch)
  }

  /// `memory`'s tensors of one kind, or where there are none zeros for every parameter that gets a gradient.
  func remembered(_ kind: String) -> ParameterTree<Tensor> {
    let found = memory.carried(kind)
    return found.isEmpty ? trainable.mapValues { .zeros($0.shape) } : found
  }

  /// The parameters that get gradients, as the round begins.
  var trainable: ParameterTree<Tensor> {
    moving.filter { name, _ in trainer.freeze.trainable.contains(name) }
  }
}

/// What a client returns, and keeps.
public struct LocalOutcome {
  /// Where training went: the model that the update is made of.
  public var result: LocalTrainer.Result
  /// The changes of the strategy's own tensors, under their names in the task.
  public var carried: ParameterTree<Tensor> = [:]
  /// The strategy's own tensors of integers: sums over the client's examples.
  public var sums: ParameterTree<HostTensor> = [:]
  /// What to remember for the next round.
  public var memory: ParameterTree<Tensor> = [:]
  /// The tensors that move of the client's own model, where it is another than `result`'s.
  public var personal: ParameterTree<Tensor>?
  /// Measured for the strategy.
  public var metrics: [String: Double] = [:]
}

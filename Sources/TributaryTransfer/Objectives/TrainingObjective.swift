public import TributaryCore
public import TributaryModels
public import TributaryNN
public import TributaryPlan
public import TributaryTensor

/// One term of what training minimises beside the task's loss.
///
/// An objective is a value: its settings. What it adds to one training is `add`: pulls of the parameters, which are
/// cheap additions to the gradient, or a loss of what a step computes (`ObjectiveBatch`). It may have parameters of
/// its own, which are trained, sent and averaged with the model's, and left out of the model that is written; and
/// reference data, made once where a run begins and sent to every client with what is frozen.
public protocol TrainingObjective: Sendable {
  /// The name under which it is registered and which `kind` gives.
  static var kind: String { get }
  /// One line for `--help`: formula and paper.
  static var summary: String { get }
  /// The settings that it understands.
  static var options: [ObjectiveOption] { get }

  /// `settings` have been checked against `options` and lack nothing.
  init(_ settings: ObjectiveSettings)

  /// What it must be given. Default: nothing but batches of labelled examples.
  var needs: ObjectiveNeeds { get }

  /// The parameters of its own for `model`. Default: none.
  func tensors(of model: any Model) -> [TensorSpec]

  /// How many classes the other model may have, where there is one. Default: as many as the run's.
  var teacherClasses: TeacherClasses { get }

  /// Its settings with those that only the models tell: what travels. Default: as they are.
  /// - Throws: what is wrong with what they name.
  func settled(_ plan: ObjectivePlan, for loaded: LoadedModel) throws -> ObjectivePlan

  /// What it reads on the machine where a run begins, for a run of `loaded`. Default: nothing.
  /// - Throws: what is wrong with what its settings name.
  func reference(for loaded: LoadedModel) throws -> ObjectiveReference

  /// The statistics of a domain that it compares with where a client has the other domain alone, as means over
  /// examples; default: none.
  func statistics(of model: any Model) -> [TensorSpec]

  /// What takes those of a batch, as sums over examples; made once for all batches of a domain.
  ///
  /// - Parameter former: both domains' as the last round measured them.
  func measure(of model: any Model, former: DomainMoments) -> DomainMeasure

  /// Adds its terms to one training.
  /// - Throws: `objective.*` where the training lacks what it needs.
  func add(to terms: inout LocalTerms, _ training: ObjectiveTraining) throws
}

/// The statistics of a batch: of its features `[examples, featureCount]` and logits `[examples, classes]`.
public typealias DomainMeasure =
  @Sendable (_ features: Tensor, _ logits: Tensor) -> ParameterTree<Tensor>

/// What an objective must be given.
public struct ObjectiveNeeds: OptionSet, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Inputs, features or logits of every step; else the parameters alone.
  public static let batches = ObjectiveNeeds(rawValue: 1)
  /// Examples of the target domain beside the labelled ones.
  public static let target = ObjectiveNeeds(rawValue: 2)
  /// The parameters that move as they were when the run (not the round) began.
  public static let origin = ObjectiveNeeds(rawValue: 4)
}

/// What an objective has read: tensors by names of its own, and where they are a model's, its `config.json`.
public struct ObjectiveReference: Sendable {
  public var tensors: ParameterTree<HostTensor>
  public var configuration: Bytes?

  public init(tensors: ParameterTree<HostTensor> = [:], configuration: Bytes? = nil) {
    self.tensors = tensors
    self.configuration = configuration
  }
}

extension TrainingObjective {
  public var needs: ObjectiveNeeds { .batches }
  public func tensors(of _: any Model) -> [TensorSpec] { [] }
  public var teacherClasses: TeacherClasses { .same }
  public func settled(_ plan: ObjectivePlan, for _: LoadedModel) throws -> ObjectivePlan { plan }
  public func statistics(of _: any Model) -> [TensorSpec] { [] }
  public func measure(of _: any Model, former _: DomainMoments) -> DomainMeasure {
    { _, _ in [:] }
  }
  public func reference(for _: LoadedModel) throws -> ObjectiveReference { ObjectiveReference() }
}

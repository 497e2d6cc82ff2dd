public import TributaryCore
public import TributaryModels
public import TributaryNN
public import TributaryPlan

/// Which tensors of a model move in a run, and which stay as the backbone brought them.
///
/// The classifier always moves. Running statistics of a batch normalisation move exactly where its
/// weight does: a frozen one runs in inference mode.
public struct FreezePlan: Sendable {
  /// The parameters that get gradients.
  public private(set) var trainable: Set<String>
  /// The buffers that training changes and that are averaged with the parameters.
  public private(set) var buffers: Set<String>
  /// What moves but stays on each client: it is neither sent nor averaged.
  public let personal: Set<String>
  /// True where only the classifier moves, so that features can be computed once.
  public private(set) var isHeadOnly: Bool
  /// Whether the method adds tensors to the backbone.
  public let addsTensors: Bool
  public let batchNorm: TransferPlan.BatchNormPolicy
  /// By name, what the learning rate is multiplied by; 1 where a name is missing.
  public let rates: [String: Float]
  /// What moves from when on; nil: all at once.
  let unfreezing: Unfreezing?
  /// The objectives' own parameters, which move beside the model's.
  public let objectiveTensors: [TensorSpec]

  private let model: any Model

  /// - Throws: `transfer.trainable` for a pattern that no parameter's name matches, `transfer.method` where the model
  ///   has nothing that the method moves, `transfer.lastBlocks` for more blocks than there are, `transfer.personal` for a
  ///   pattern that nothing matches that moves, or where nothing is left to share.
  public init(model: any Model, transfer: TransferPlan) throws {
    self.model = model
    addsTensors = transfer.method.addsTensors
    let blocks = BackboneBlocks(model.unadapted)
    let moving = try MovingParameters(model: model, blocks: blocks)
    var trainable = try moving.names(transfer).union(model.headTensorNames)
    if transfer.batchNorm == .frozen { trainable.subtract(moving.batchNorms) }
    if addsTensors { trainable.formUnion(try Self.added(to: model, by: transfer.method)) }
    guard !trainable.isEmpty else { throw Self.nothing(transfer.method) }
    objectiveTensors = try ObjectiveSet(transfer.objectives).tensors(of: model)
    batchNorm = transfer.batchNorm
    isHeadOnly = trainable == model.headTensorNames && batchNorm != .adapt
    trainable.formUnion(objectiveTensors.map(\.name))
    self.trainable = trainable
    buffers = Set(
      model.tensors.filter { $0.role == .buffer }.map(\.name).filter { name in
        transfer.batchNorm == .adapt || trainable.contains(Self.module(of: name) + ".weight")
      })
    personal = try Self.personal(
      transfer.personal + transfer.method.personal, of: model, moving: trainable.union(buffers))
    rates = blocks.rates(transfer, of: trainable)
    unfreezing = Unfreezing(transfer, blocks: blocks, moving: trainable.union(buffers))
  }

  public func moves(_ name: String) -> Bool {
    trainable.contains(name) || buffers.contains(name)
  }

  /// Whether a tensor moves and travels every round.
  public func isShared(_ name: String) -> Bool { moves(name) && !personal.contains(name) }

  /// `tensors` in two: those that travel every round, and those that do not: what is frozen, and as a client
  /// first finds it what is personal.
  public func split<Value>(
    _ tensors: ParameterTree<Value>
  ) -> (shared: ParameterTree<Value>, fixed: ParameterTree<Value>) {
    (tensors.filter { name, _ in isShared(name) }, tensors.filter { name, _ in !isShared(name) })
  }

  /// `tensors` in two: those that get gradients, and all others.
  func divided<Value>(
    _ tensors: ParameterTree<Value>
  ) -> (trained: ParameterTree<Value>, fixed: ParameterTree<Value>) {
    (
      tensors.filter { name, _ in trainable.contains(name) },
      tensors.filter { name, _ in !trainable.contains(name) }
    )
  }

  private static func added(
    to model: any Model, by method: TransferPlan.Method
  ) throws -> [String] {
    guard let adaptation = model.adaptation else { throw nothing(method) }
    return adaptation.tensors.map(\.name)
  }

  private static func nothing(_ method: TransferPlan.Method) -> TributaryError {
    TributaryError(
      "transfer.method", "transfer.method: the model has nothing that \(method.rawValue) moves")
  }

  /// The tensors of a model without objectives' parameters and what they refer to, and without adapters where a plain
  /// model can do the same: what is written and evaluated.
  public func merged(_ tensors: ParameterTree<HostTensor>) throws -> ParameterTree<HostTensor> {
    let own = tensors.withoutCarried.filter { name, _ in !ObjectiveSet.owns(name) }
    return try model.merged(own) ?? own
  }

  /// This plan with fewer tensors that get gradients; what else moved stays as it is.
  func restricted(to names: Set<String>) -> FreezePlan {
    var plan = self
    plan.trainable.formIntersection(names)
    plan.buffers.formIntersection(names)
    plan.isHeadOnly = false
    return plan
  }

  /// This plan as it is after `time` rounds (of local fine-tuning: epochs).
  public func unfrozen(at time: Int) -> FreezePlan {
    unfreezing.map { restricted(to: $0.names(at: time)) } ?? self
  }
}

public import TributaryCore
public import TributaryModels
public import TributaryNN
public import TributaryPlan

/// Which tensors of a model move in a run, and which stay as the backbone brought them.
///
/// The classifier always moves. Running statistics of a batch normalisation move exactly where its
/// weight does: a frozen one runs in inference mode.
public struct FreezePlan: Sendable, Equatable {
  /// The parameters that get gradients.
  public let trainable: Set<String>
  /// The buffers that training changes and that are averaged with the parameters.
  public let buffers: Set<String>
  /// What moves but stays on each client: it is neither sent nor averaged.
  public let personal: Set<String>
  /// True where only the classifier moves, so that features can be computed once.
  public let isHeadOnly: Bool
  /// With `lora`: the adapters, whose tensors move beside the model's.
  public let adaptation: Adaptation?
  /// The objectives' own parameters, which move beside the model's.
  public let objectiveTensors: [TensorSpec]

  /// - Throws: `transfer.trainable` for a pattern that no parameter's name matches, `transfer.targets` for a
  ///   target that is no linear layer, `transfer.personal` for a pattern that nothing matches that moves, or where
  ///   nothing is left to share.
  public init(model: any Model, transfer: TransferPlan) throws {
    let parameters = model.tensors.filter { $0.role == .parameter }.map(\.name)
    var trainable = model.headTensorNames
    adaptation = try Adaptation(of: model, transfer: transfer)
    trainable.formUnion(adaptation?.tensors.map(\.name) ?? [])
    objectiveTensors = try ObjectiveSet(transfer.objectives).tensors(of: model)
    switch (transfer.method, transfer.trainable.isEmpty) {
    case (.head, _), (.lora, _): break
    case (.fineTune, true): trainable.formUnion(parameters)
    case (.fineTune, false):
      for pattern in transfer.trainable {
        let glob = GlobPattern(pattern)
        let matches = parameters.filter(glob.matches)
        guard !matches.isEmpty else {
          throw TributaryError(
            "transfer.trainable", "transfer.trainable: no parameter's name matches \"\(pattern)\"",
            advice: "names look like \(parameters.prefix(3).joined(separator: ", ")); "
              + "`tributary inspect` lists them")
        }
        trainable.formUnion(matches)
      }
    }
    isHeadOnly = trainable == model.headTensorNames
    trainable.formUnion(objectiveTensors.map(\.name))
    self.trainable = trainable
    buffers = Set(
      model.tensors.filter { $0.role == .buffer }.map(\.name).filter { name in
        trainable.contains(Self.module(of: name) + ".weight")
      })
    personal = try Self.personal(transfer.personal, of: model, moving: trainable.union(buffers))
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

  /// What moves beside the model's own tensors: adapters' and objectives'.
  public var addedTensors: [TensorSpec] { (adaptation?.tensors ?? []) + objectiveTensors }

  /// This plan with fewer tensors that get gradients; what else moved stays as it is.
  func restricted(to names: Set<String>) -> FreezePlan {
    FreezePlan(
      trainable: trainable.intersection(names), buffers: buffers.intersection(names),
      personal: personal, isHeadOnly: false, adaptation: adaptation,
      objectiveTensors: objectiveTensors)
  }

  private init(
    trainable: Set<String>, buffers: Set<String>, personal: Set<String>, isHeadOnly: Bool,
    adaptation: Adaptation?, objectiveTensors: [TensorSpec]
  ) {
    self.trainable = trainable
    self.buffers = buffers
    self.personal = personal
    self.isHeadOnly = isHeadOnly
    self.adaptation = adaptation
    self.objectiveTensors = objectiveTensors
  }
}

public import TributaryCore
public import TributaryModels
public import TributaryNN
public import TributaryPlan
public import TributaryTensor

/// The objectives of a run, with what they have been given.
public struct ObjectiveSet: Sendable {
  struct Member: Sendable {
    var objective: any TrainingObjective
    /// Where its own tensors' names begin.
    var prefix: String
    var reference: ParameterTree<Tensor> = [:]
    var model: LoadedModel?
  }

  private(set) var members: [Member]
  /// The parameters that move as they were when the run began.
  private(set) var origin: ParameterTree<Tensor> = [:]

  /// No objectives: the task's loss alone.
  public static let none = ObjectiveSet(members: [])

  private init(members: [Member]) { self.members = members }

  /// The objectives without references: enough to know what they need and which tensors they have.
  /// - Throws: `objective.kind`, `objective.option`.
  public init(_ plans: [ObjectivePlan]) throws {
    members = try plans.enumerated().map { index, plan in
      Member(
        objective: try ObjectiveRegistry.make(plan), prefix: "\(Self.prefix)\(index).\(plan.kind).")
    }
  }

  /// The objectives with their references, as `references` gathered them.
  ///
  /// - Parameters:
  ///   - tensors: may hold others, too.
  ///   - assets: likewise.
  /// - Throws: `objective.*`, `model.*` where a peer sent what makes no model.
  public init(
    _ plans: [ObjectivePlan], tensors: ParameterTree<HostTensor>, assets: [String: Bytes]
  ) throws {
    try self.init(plans)
    origin = try tensors.carried(Self.originKind).mapValues { try Tensor($0) }
    for index in members.indices {
      let own = tensors.carried(Self.referenceKind(index))
      members[index].reference = try own.mapValues { try Tensor($0) }
      if let configuration = assets[Self.assetName(index)] {
        members[index].model = try LoadedModel(
          assets: ["config.json": configuration], tensors: own)
      }
    }
  }

  /// Checks what a peer sent as references against the model: weights of other shapes, a teacher of other classes.
  /// - Throws: `task.tensors`.
  public func requireFit(_ loaded: LoadedModel) throws {
    let shapes = Dictionary(
      loaded.model.tensors.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    for member in members {
      if let teacher = member.model {
        guard
          member.objective.teacherClasses.allows(
            teacher.configuration.classes, student: loaded.configuration.classes),
          Teacher.reads(teacher, what: loaded)
        else {
          throw TributaryError(
            "task.tensors", "the task's teacher does not answer the model's question",
            advice: "do coordinator and worker run the same version?")
        }
        continue
      }
      try Self.requireShapes(of: member.reference, as: shapes)
    }
    try Self.requireShapes(of: origin, as: shapes)
  }

  private static func requireShapes(
    of references: ParameterTree<Tensor>, as shapes: [String: Shape]
  ) throws {
    for (name, tensor) in references {
      let own = shapes[String(name.split(separator: "/").last ?? "")] ?? shapes[name]
      guard tensor.dtype == .float32, own == nil || own == tensor.shape else {
        throw TributaryError(
          "task.tensors", "the task's reference \(name) does not fit the model",
          advice: "do coordinator and worker run the same version?")
      }
    }
  }

  public var isEmpty: Bool { members.isEmpty }

  public var needs: ObjectiveNeeds {
    members.reduce(into: []) { $0.formUnion($1.objective.needs) }
  }

  /// The parameters of the objectives' own.
  public func tensors(of model: any Model) -> [TensorSpec] {
    members.flatMap { member in
      member.objective.tensors(of: model).map { spec in
        var spec = spec
        spec.name = member.prefix + spec.name
        return spec
      }
    }
  }

  /// Whether a tensor is an objective's own.
  public static func owns(_ name: String) -> Bool { name.hasPrefix(prefix) }

  /// The objectives' own tensors among `tensors`, and the model's.
  public static func split<Value>(
    _ tensors: ParameterTree<Value>
  ) -> (added: ParameterTree<Value>, own: ParameterTree<Value>) {
    (tensors.filter { name, _ in owns(name) }, tensors.filter { name, _ in !owns(name) })
  }

  /// What the objectives read where a run begins: tensors that travel with what is frozen, and files.
  ///
  /// - Parameters:
  ///   - moving: names of the tensors that move.
  ///   - withOrigin: whether what moves is wanted as the run began, whatever the objectives need.
  public func references(
    for loaded: LoadedModel, moving: (String) -> Bool, withOrigin: Bool = false
  ) throws -> (tensors: ParameterTree<HostTensor>, assets: [String: Bytes]) {
    var result: (tensors: ParameterTree<HostTensor>, assets: [String: Bytes]) = ([:], [:])
    if withOrigin || needs.contains(.origin) {
      result.tensors = loaded.tensors.filter { name, _ in moving(name) }
        .asCarried(Self.originKind)
    }
    for (index, member) in members.enumerated() {
      let reference = try member.objective.reference(for: loaded)
      result.tensors = result.tensors.merging(
        reference.tensors.asCarried(Self.referenceKind(index)))
      result.assets[Self.assetName(index)] = reference.configuration
    }
    return result
  }

  /// The plans with what only the models tell.
  /// - Throws: `objective.*`, what loading a model throws.
  static func settled(_ plans: [ObjectivePlan], for loaded: LoadedModel) throws -> [ObjectivePlan] {
    try zip(plans, ObjectiveSet(plans).members).map { try $1.objective.settled($0, for: loaded) }
  }

  /// The terms of one training from `start`.
  ///
  /// - Parameter carried: the tensors that came with a task beside the model's.
  func add(
    to terms: inout LocalTerms, from start: ParameterTree<Tensor>, of model: any Model,
    carried: ParameterTree<Tensor>
  ) throws {
    for (index, member) in members.enumerated() {
      try member.objective.add(
        to: &terms,
        ObjectiveTraining(
          model: model, start: start.filter { name, _ in !Self.owns(name) }, origin: origin,
          reference: member.reference, referenceModel: member.model,
          moments: moments(of: index, among: carried), prefix: member.prefix))
    }
  }

  private static let prefix = "objective."
  private static let originKind = "origin"
  private static func referenceKind(_ index: Int) -> String { "reference-\(index)" }
  private static func assetName(_ index: Int) -> String { "reference-\(index).json" }
}

/// What an objective is told of one training.
public struct ObjectiveTraining {
  public var model: any Model
  /// The model's tensors that move, as they are when this training begins.
  public var start: ParameterTree<Tensor>
  /// The same as they were when the run began; empty unless the objective needs them.
  public var origin: ParameterTree<Tensor>
  public var reference: ParameterTree<Tensor>
  /// The other model, where `reference` holds one.
  public var referenceModel: LoadedModel?
  /// Of the domains over all clients, where they are on different ones.
  public var moments: DomainMoments
  let prefix: String

  /// The full name of a tensor of the objective's own.
  func own(_ name: String) -> String { prefix + name }
}

public import TributaryCore
public import TributaryData
public import TributaryModels
public import TributaryPlan

/// A plan with its backbone loaded: what a run starts from, in simulation and on the LAN alike.
public struct PreparedRun: Sendable {
  public let plan: RunPlan
  public let loaded: LoadedModel
  public let freeze: FreezePlan
  public let settings: TaskSettings

  /// Loads the backbone that `plan` names, or draws fresh weights.
  ///
  /// - Parameter example: a data set of the run, from which a bare architecture learns the size of
  ///   its images.
  public init(_ plan: RunPlan, example: Dataset? = nil) throws {
    self.plan = plan
    loaded = try ModelFolder.load(
      path: plan.backbone.path, architecture: plan.backbone.architecture,
      classes: plan.task.classes, classNames: plan.task.classNames,
      head: Self.headPolicy(plan.backbone.head), pooling: Self.pooling(plan.backbone.pooling),
      image: try Self.image(plan, example: example), key: plan.randomKey.at("initial"))
    freeze = try FreezePlan(model: loaded.model, transfer: plan.transfer)
    settings = TaskSettings(plan)
    let wantsText = plan.task.kind == .textClassification
    guard wantsText == (loaded.configuration.image == nil) else {
      throw TributaryError(
        "task.kind", "\(plan.task.kind.rawValue) does not fit \(loaded.model.architecture)",
        advice: "check task.kind and backbone")
    }
  }

  /// The tensors that move, and those that stay, as the run begins.
  public var initial: (moving: ParameterTree<HostTensor>, frozen: ParameterTree<HostTensor>) {
    freeze.split(loaded.tensors)
  }

  /// What images become before the first layer, where neither plan nor folder leaves it open: the
  /// plan's numbers win over the architecture's defaults.
  private static func image(_ plan: RunPlan, example: Dataset?) throws -> ImageConfiguration? {
    guard plan.task.kind == .imageClassification else { return nil }
    let asked = plan.data.image
    let isSilent = asked.size == nil && asked.mean == nil && asked.standardDeviation == nil
    guard let architecture = plan.backbone.architecture, !(isSilent && example == nil) else {
      return nil
    }
    var shape: Shape?
    if case .images(let images)? = example?.examples { shape = images.shape }
    var image = try ModelRegistry.defaultImage(
      architecture, channels: shape?[0], height: asked.size?[0] ?? shape?[1],
      width: asked.size?[1] ?? shape?[2])
    if let mean = asked.mean { image?.mean = mean }
    if let deviation = asked.standardDeviation { image?.standardDeviation = deviation }
    return image
  }

  private static func headPolicy(_ policy: BackbonePlan.HeadPolicy) -> HeadPolicy {
    switch policy {
    case .auto: .auto
    case .keep: .keep
    case .new: .new
    }
  }

  private static func pooling(_ pooling: BackbonePlan.Pooling) -> Pooling {
    switch pooling {
    case .cls: .cls
    case .mean: .mean
    }
  }
}

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
  /// - Parameter example: a data set of the run, whose images' shape a network from random weights
  ///   takes; one with pretrained weights keeps its own.
  public init(_ plan: RunPlan, example: Dataset? = nil) throws {
    self.plan = plan
    loaded = try ModelFolder.load(
      path: plan.backbone.path, architecture: plan.backbone.architecture,
      classes: plan.task.classes, classNames: plan.task.classNames,
      head: Self.headPolicy(plan.backbone.head), pooling: Self.pooling(plan.backbone.pooling),
      image: Self.image(plan, example: example), key: plan.randomKey.at("initial"))
    freeze = try FreezePlan(model: loaded.model, transfer: plan.transfer)
    settings = TaskSettings(plan)
    if plan.transfer.head.kind != .softmax { _ = try LinearClassifier(of: loaded.model) }
    let isLanguageModel = loaded.configuration.objective == .languageModel
    guard plan.task.kind.isText == (loaded.configuration.image == nil),
      isLanguageModel == (plan.task.kind == .languageModel)
    else {
      throw TributaryError(
        "task.kind", "\(plan.task.kind.rawValue) does not fit \(loaded.model.architecture)",
        advice: "check task.kind and backbone")
    }
  }

  /// The tensors that travel every round, and the others, as the run begins.
  public var initial: (shared: ParameterTree<HostTensor>, fixed: ParameterTree<HostTensor>) {
    let adapters = freeze.adaptation?.initialTensors(key: plan.randomKey.at("adapters"))
    return freeze.split(adapters.map(loaded.tensors.merging) ?? loaded.tensors)
  }

  private static func image(_ plan: RunPlan, example: Dataset?) -> ImageRequest {
    let asked = plan.data.image
    var request = ImageRequest(
      height: asked.size?[0], width: asked.size?[1], mean: asked.mean,
      standardDeviation: asked.standardDeviation)
    if plan.backbone.path == nil, case .images(let images)? = example?.examples {
      request.channels = images.shape[0]
      request.height = request.height ?? images.shape[1]
      request.width = request.width ?? images.shape[2]
    }
    return request
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

public import TributaryCore
public import TributaryData
public import TributaryModels
internal import TributaryNN
public import TributaryPlan

/// A plan with its backbone loaded: what a run starts from, in simulation and on the LAN alike.
public struct PreparedRun: Sendable {
  public let plan: RunPlan
  public let loaded: LoadedModel
  public let freeze: FreezePlan
  public let settings: TaskSettings
  public let objectives: ObjectiveSet
  /// What the objectives refer to: tensors beside the frozen ones, and files beside the model's.
  public let references: (tensors: ParameterTree<HostTensor>, assets: [String: Bytes])

  /// Loads the backbone that `plan` names, or draws fresh weights.
  ///
  /// - Parameter example: a data set of the run, whose images' shape a network from random weights
  ///   takes; one with pretrained weights keeps its own.
  public init(_ plan: RunPlan, example: Dataset? = nil) throws {
    guard plan.transfer.auto == nil else {
      throw TributaryError(
        "search.open", "transfer: auto has to be searched before anything can run",
        advice: "tributary finetune or simulate does, and writes the run file it chose: chosen.yaml"
      )
    }
    loaded = try Self.load(plan, example: example)
    var plan = plan
    plan.transfer.objectives = try ObjectiveSet.settled(plan.transfer.objectives, for: loaded)
    self.plan = plan
    freeze = try FreezePlan(model: loaded.model, transfer: plan.transfer)
    settings = TaskSettings(plan)
    references = try ObjectiveSet(plan.transfer.objectives).references(
      for: loaded, moving: freeze.moves,
      withOrigin: plan.federation.personalize.baselineEpochs > 0)
    objectives = try ObjectiveSet(
      plan.transfer.objectives, tensors: references.tensors, assets: references.assets)
    if plan.transfer.head.kind != .softmax { _ = try LinearClassifier(of: loaded.model) }
    let isLanguageModel = loaded.configuration.objective == .languageModel
    guard plan.task.kind.input == loaded.input,
      isLanguageModel == (plan.task.kind == .languageModel)
    else {
      throw TributaryError(
        "task.kind", "\(plan.task.kind.rawValue) does not fit \(loaded.model.architecture)",
        advice: "check task.kind and backbone")
    }
    guard !isLanguageModel || !objectives.needs.contains(.target) else {
      throw TributaryError(
        "objective.task", "transfer.objectives: a language model's texts are of no target domain",
        advice: "distillation, lwf, hints, l2-sp and ewc go with task.kind language-model")
    }
    guard plan.transfer.episodes == nil || !objectives.needs.contains(.batches) else {
      throw TributaryError(
        "objective.episodes", "transfer.objectives: a task of an episode has no batches to compare",
        advice: "only objectives in the parameters alone (l2-sp, ewc) go with transfer.episodes")
    }
    let adapts = objectives.needs.contains(.target) || plan.transfer.batchNorm == .adapt
    guard !adapts || plan.data.train == nil || plan.data.target != nil
    else {
      throw TributaryError(
        "objective.target",
        "there is no target domain to adapt to, which transfer.objectives or batchNorm ask for",
        advice: "name its examples as data.target")
    }
  }

  /// What trains in this run.
  public var trainer: LocalTrainer {
    LocalTrainer(
      model: loaded.model, freeze: freeze, plan: plan.local, objectives: objectives,
      episodes: plan.transfer.episodes)
  }

  /// The tensors that travel every round, and the others, as the run begins.
  public var initial: (shared: ParameterTree<HostTensor>, fixed: ParameterTree<HostTensor>) {
    let key = plan.randomKey.at("objectives")
    let own = ParameterTree(freeze.objectiveTensors.map { ($0.name, $0.makeTensor(key: key)) })
    return freeze.split(loaded.tensors.merging(own))
  }

  /// Writes the model as a folder, without adapters where a plain model can do the same; where something was added
  /// that Hugging Face's PEFT knows, that too, as `adapter` in it, in PEFT's format.
  ///
  /// - Parameter tensors: moving and frozen.
  /// - Returns: the weights' digest.
  public func write(_ tensors: ParameterTree<HostTensor>, to folder: String) throws -> Digest {
    if freeze.addsTensors {
      try PEFTFolder.write(tensors, of: loaded.model, to: "\(folder)/adapter")
    }
    let own = tensors.withoutCarried.filter { name, _ in !ObjectiveSet.owns(name) }
    return try ModelFolder.write(loaded.finished(own), to: folder)
  }

  /// The statistics that objectives compare domains by, where those are on different clients, as the run begins: they
  /// travel and move as running statistics do.
  public var moments: ParameterTree<HostTensor> {
    guard plan.data.targetClients > 0 else { return [:] }
    return ParameterTree(
      objectives.moments(of: loaded.model).map {
        ($0.name, $0.makeTensor(key: RandomKey(seed: 0)))
      })
  }

  private static func load(_ plan: RunPlan, example: Dataset?) throws -> LoadedModel {
    let backbone = try backbone(plan, example: example).fused(
      with: plan.transfer.head.layers, key: plan.randomKey.at("fused"))
    return try plan.transfer.adapted(
      plan.transfer.prompted(backbone, classes: plan.task.classNames),
      key: plan.randomKey.at("adapters"))
  }

  private static func backbone(_ plan: RunPlan, example: Dataset?) throws -> LoadedModel {
    let classes = plan.transfer.episodes?.ways ?? plan.task.classes
    let names = plan.transfer.episodes == nil ? plan.task.classNames : nil
    let key = plan.randomKey.at("initial")
    if let vectors = plan.backbone.wordVectors {
      return try ModelFolder.new(
        architecture: plan.backbone.architecture ?? "", classes: classes, classNames: names,
        words: WordVectors(
          path: vectors.path, maximumWords: vectors.maximumWords, only: vectors.words),
        heads: plan.task.heads, key: key)
    }
    return try ModelFolder.load(
      path: plan.backbone.path, architecture: plan.backbone.architecture, classes: classes,
      classNames: names, head: headPolicy(plan.backbone.head),
      pooling: pooling(plan.backbone.pooling), image: image(plan, example: example),
      nodeFeatures: nodeFeatures(example),
      objective: plan.transfer.prompt == nil ? .classification : .languageModel,
      heads: plan.task.heads, key: key)
  }

  private static func image(_ plan: RunPlan, example: Dataset?) -> ImageRequest {
    if let audio = plan.data.audio { return ImageRequest(audio.features) }
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

  private static func nodeFeatures(_ example: Dataset?) -> Int? {
    guard case .graph(let examples)? = example?.examples else { return nil }
    return examples.graph.featureCount
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

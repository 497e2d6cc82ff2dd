internal import Synchronization
import TributaryCore
import TributaryData
import TributaryModels
import TributaryNN
import TributaryPlan
import TributaryTensor
import TributaryTransfer
import TributaryWire

/// What all tasks of one run share: the model, its frozen tensors, and the examples made ready.
final class TaskStudio: Sendable {
  let trainer: LocalTrainer
  let algorithm: any ClientAlgorithm
  let frozen: ParameterTree<Tensor>
  /// What is personal, as a client first finds it.
  let personal: ParameterTree<Tensor>
  /// Passes over the client's examples after the last round.
  let tuningEpochs: Int
  /// And those of what the client would have without the transfer; 0: none.
  let baselineEpochs: Int
  /// Whether it keeps the best.
  let fallsBack: Bool
  private let manifest: ModelManifest
  private let settings: String
  private let holdout: Double
  /// Of the run.
  private let rounds: Int
  private let source: ExampleSource
  private let target: ExampleSource?
  private let features = Mutex<FeatureCache>(FeatureCache())

  /// - Throws: what a peer or a folder may have got wrong: settings, architecture, tensors, labels.
  init(_ task: TrainTask, blobs: any BlobSource, examples: ClientExamples) throws {
    let settings = try TaskSettings(json: task.settings)
    if examples.areLabelled {
      try examples.requireLabels(settings.labels)
      _ = try examples.dataset.requireLabels(within: settings.task)
    }
    let assets = try task.model.assets.reduce(into: [String: Bytes]()) { assets, entry in
      assets[entry.name] = try Self.bytes(entry.digest, of: entry.name, in: blobs)
    }
    let entries = task.model.tensors + task.globals
    let tensors = ParameterTree(try entries.map { ($0.name, try Self.tensor($0, in: blobs)) })
    let (added, own) = ObjectiveSet.split(tensors.withoutCarried)
    let loaded = try LoadedModel(assets: assets, tensors: own)
    let freeze = try FreezePlan(model: loaded.model, transfer: settings.transfer)
    guard added.names.allSatisfy(freeze.moves) else {
      throw TributaryError(
        "task.tensors", "the task has objectives' tensors that its settings do not name")
    }
    let objectives = try ObjectiveSet(
      settings.transfer.objectives, tensors: tensors, assets: assets)
    try objectives.requireFit(loaded)
    if let episodes = settings.transfer.episodes {
      guard loaded.configuration.classes == episodes.ways else {
        throw TributaryError(
          "task.settings",
          "episodes of \(episodes.ways) ways for a model of \(loaded.configuration.classes) classes",
          advice: "do coordinator and worker run the same version?")
      }
    }
    trainer = LocalTrainer(
      model: loaded.model, freeze: freeze, plan: settings.local, objectives: objectives,
      episodes: settings.transfer.episodes)
    algorithm = try ClientAlgorithmRegistry.make(settings.local.algorithm)
    let all = try loaded.tensors.merging(added).mapValues { try Tensor($0) }
    frozen = all.filter { name, _ in !freeze.moves(name) }
    personal = all.filter { name, _ in freeze.personal.contains(name) }
    holdout = settings.holdout
    tuningEpochs = settings.tuningEpochs
    baselineEpochs = settings.baselineEpochs
    fallsBack = settings.fallBack
    source = try ExampleSource(
      examples.dataset, for: loaded, maximumTokens: settings.maximumTokens,
      augment: settings.augment)
    target = try examples.target.map {
      try ExampleSource($0, for: loaded, maximumTokens: settings.maximumTokens)
    }
    rounds = settings.rounds
    manifest = task.model
    self.settings = task.settings
  }

  /// Whether clients keep something from round to round.
  var remembers: Bool { !personal.isEmpty || type(of: algorithm).hasMemory }

  func fits(_ task: TrainTask) -> Bool { task.model == manifest && task.settings == settings }

  /// The tensors that travel, as the round begins: the model's, checked against it, and the strategy's.
  func globals(
    of task: TrainTask, blobs: any BlobSource
  ) throws -> (shared: ParameterTree<Tensor>, carried: ParameterTree<Tensor>) {
    // Sums that clients are to fill are empty at first.
    let entries = task.globals.filter { !($0.name.hasPrefix("@") && $0.dtype == .int64) }
    let globals = ParameterTree(
      try entries.map { ($0.name, try Tensor(Self.tensor($0, in: blobs))) })
    let shared = globals.withoutCarried
    let specs = trainer.model.tensors + trainer.freeze.objectiveTensors
    for spec in specs where trainer.freeze.isShared(spec.name) {
      guard let tensor = shared[spec.name], tensor.shape == spec.shape, tensor.dtype == .float32
      else {
        throw TributaryError(
          "task.tensors",
          "the task's \(spec.name) is missing, no floats, or not of shape \(spec.shape)")
      }
    }
    guard shared.names.allSatisfy(trainer.freeze.isShared) else {
      throw TributaryError("task.tensors", "the task moves tensors that its settings freeze")
    }
    let carried = globals.filter { name, _ in !shared.contains(name) }
    guard carried.values.allSatisfy({ $0.dtype == .float32 }) else {
      throw TributaryError("task.tensors", "the strategy's tensors are no floats")
    }
    try trainer.objectives.requireMoments(carried, of: trainer.model)
    return (shared, carried)
  }

  /// Checks what a client kept against the model: a file may be another run's, or made by hand.
  func requireFit(_ remembered: ParameterTree<HostTensor>) throws {
    let specs = trainer.model.tensors + trainer.freeze.objectiveTensors
    let shapes = Dictionary(
      specs.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    for (name, tensor) in remembered {
      let own = shapes[String(name.drop { $0 != "/" }.dropFirst())]
      guard tensor.dtype == .float32, own == nil || own == tensor.shape else {
        throw TributaryError(
          "client.memory",
          "what the client kept as \(name) does not fit \(trainer.model.architecture)")
      }
    }
  }

  /// The client's examples: those it trains on, and those it measures with.
  func examples(
    of client: ClientID, among shards: ClientExamples, cancellation: Cancellation
  ) throws -> (training: TrainingExamples, heldOut: TrainingExamples) {
    let (source, all) = source.own(try shards.indices(of: client))
    let (training, heldOut) = Holdout(share: holdout, client: client).split(all)
    return (
      try prepared(source, training, "\(client.name)/", cancellation),
      try prepared(source, heldOut, "\(client.name)/held out", cancellation)
    )
  }

  /// The client's examples of the target domain; nil where it has none, or nobody looks at them.
  func target(of client: ClientID, among shards: ClientExamples) -> TrainingExamples? {
    let indices = shards.targetIndices(of: client)
    guard let target, !indices.isEmpty else { return nil }
    return TrainingExamples(target, indices: indices)
  }

  /// The part of the run's training that a round is.
  func progress(in round: Int) -> ClosedRange<Double> {
    let rounds = Double(max(rounds, round))
    return (Double(round - 1) / rounds)...(Double(round) / rounds)
  }

  /// Where only the classifier moves, with features computed once.
  private func prepared(
    _ source: ExampleSource, _ indices: [Int], _ name: String, _ cancellation: Cancellation
  ) throws -> TrainingExamples {
    let examples = TrainingExamples(source, indices: indices)
    guard trainer.readsFeaturesAlone, !source.isAugmented, !indices.isEmpty else { return examples }
    if let cached = features.withLock({ $0[name] }) { return examples.with(features: cached) }
    let computed = try Inference(
      model: trainer.model, parameters: frozen, threads: trainer.plan.threads,
      precision: trainer.plan.precision.compute,
      isCancelled: { cancellation.isCancelled }
    ).features(of: examples, batchSize: 32)
    features.withLock { $0.insert(computed, for: name) }
    return examples.with(features: computed)
  }

  private static func tensor(_ entry: TensorEntry, in blobs: any BlobSource) throws -> HostTensor {
    try HostTensor(
      dtype: entry.dtype, shape: entry.shape, bytes: bytes(entry.digest, of: entry.name, in: blobs))
  }

  private static func bytes(
    _ digest: Digest, of name: String, in blobs: any BlobSource
  ) throws -> Bytes {
    guard let bytes = blobs.blob(digest) else {
      throw TributaryError("task.blob", "the bytes of \(name) (\(digest)) did not arrive")
    }
    return bytes
  }
}

/// Features by name, up to a bound in bytes; beyond it they are computed anew each round.
private struct FeatureCache: Sendable {
  private static let byteLimit = 1 << 30
  private var features: [String: Tensor] = [:]
  private var byteCount = 0

  subscript(name: String) -> Tensor? { features[name] }

  mutating func insert(_ tensor: Tensor, for name: String) {
    let size = tensor.count * 4
    guard features[name] == nil, byteCount + size <= Self.byteLimit else { return }
    features[name] = tensor
    byteCount += size
  }
}

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
  let frozen: ParameterTree<Tensor>
  private let manifest: ModelManifest
  private let settings: String
  private let source: ExampleSource
  private let features = Mutex<FeatureCache>(FeatureCache())

  /// - Throws: what a peer or a folder may have got wrong: settings, architecture, tensors, labels.
  init(_ task: TrainTask, blobs: any BlobSource, examples: ClientExamples) throws {
    let settings = try TaskSettings(json: task.settings)
    try examples.requireLabels(settings.labels)
    _ = try examples.dataset.requireLabels(within: settings.task)
    let assets = try task.model.assets.reduce(into: [String: Bytes]()) { assets, entry in
      assets[entry.name] = try Self.bytes(entry.digest, of: entry.name, in: blobs)
    }
    let entries = task.model.tensors + task.globals
    let tensors = ParameterTree(
      try entries.map { ($0.name, try Self.tensor($0, in: blobs)) })
    let (adapters, own) = settings.transfer.split(tensors)
    let loaded = try LoadedModel(assets: assets, tensors: own)
    let freeze = try FreezePlan(model: loaded.model, transfer: settings.transfer)
    guard adapters.names.allSatisfy(freeze.moves) else {
      throw TributaryError("task.tensors", "the task has adapters that its settings do not name")
    }
    trainer = LocalTrainer(model: loaded.model, freeze: freeze, plan: settings.local)
    frozen = try freeze.split(loaded.tensors).frozen.mapValues { try Tensor($0) }
    source = try ExampleSource(
      examples.dataset, for: loaded, maximumTokens: settings.maximumTokens)
    manifest = task.model
    self.settings = task.settings
  }

  func fits(_ task: TrainTask) -> Bool { task.model == manifest && task.settings == settings }

  /// The tensors that move as the round begins, checked against the model.
  func moving(of task: TrainTask, blobs: any BlobSource) throws -> ParameterTree<Tensor> {
    let moving = ParameterTree(
      try task.globals.map { ($0.name, try Tensor(Self.tensor($0, in: blobs))) })
    let specs = trainer.model.tensors + (trainer.freeze.adaptation?.tensors ?? [])
    for spec in specs where trainer.freeze.moves(spec.name) {
      guard let tensor = moving[spec.name], tensor.shape == spec.shape, tensor.dtype == .float32
      else {
        throw TributaryError(
          "task.tensors",
          "the task's \(spec.name) is missing, no floats, or not of shape \(spec.shape)")
      }
    }
    guard moving.names.allSatisfy(trainer.freeze.moves) else {
      throw TributaryError("task.tensors", "the task moves tensors that its settings freeze")
    }
    return moving
  }

  /// The client's examples; where only the classifier moves, with features computed once.
  func examples(
    of client: ClientID, among shards: ClientExamples, cancellation: Cancellation
  ) throws -> TrainingExamples {
    let examples = TrainingExamples(source, indices: try shards.indices(of: client))
    guard trainer.freeze.isHeadOnly else { return examples }
    if let cached = features.withLock({ $0[client] }) { return examples.with(features: cached) }
    let computed = try Inference(
      model: trainer.model, parameters: frozen, threads: trainer.plan.threads,
      precision: trainer.plan.precision.compute,
      isCancelled: { cancellation.isCancelled }
    ).features(of: examples, batchSize: 32)
    features.withLock { $0.insert(computed, for: client) }
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

/// Features by client, up to a bound in bytes; beyond it they are computed anew each round.
private struct FeatureCache: Sendable {
  private static let byteLimit = 1 << 30
  private var features: [ClientID: Tensor] = [:]
  private var byteCount = 0

  subscript(client: ClientID) -> Tensor? { features[client] }

  mutating func insert(_ tensor: Tensor, for client: ClientID) {
    let size = tensor.count * 4
    guard features[client] == nil, byteCount + size <= Self.byteLimit else { return }
    features[client] = tensor
    byteCount += size
  }
}

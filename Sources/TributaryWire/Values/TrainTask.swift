public import TributaryCore

/// One client's work in one round: what to start from, how to train, and which random numbers to use.
///
/// Everything in it is a value or a content address, so doing a task twice gives the same update.
public struct TrainTask: Sendable, Equatable {
  public var runID: String
  /// From 1.
  public var round: Int
  public var client: ClientID
  /// The architecture, its files and the tensors that do not move; the same in every round.
  public var model: ModelManifest
  /// The tensors that move (trainable ones and buffers), as they are at the start of this round.
  public var globals: [TensorEntry]
  /// The `transfer`, `local`, `task` and `data` sections of the plan, as JSON (`TaskSettings`).
  public var settings: String
  /// The address under which this client draws its random numbers in this round.
  public var key: RandomKey
  /// The last round whose update of this client counted, 0 for none: what the client kept then is what it
  /// goes on from, whatever it did in vain since.
  public var countedRound: Int
  public var purpose: Purpose

  public enum Purpose: Sendable, Equatable {
    case train
    /// After the last round: measure, and change nothing. The update has no tensors.
    case evaluate
  }

  public init(
    runID: String, round: Int, client: ClientID, model: ModelManifest, globals: [TensorEntry],
    settings: String, key: RandomKey, countedRound: Int = 0, purpose: Purpose = .train
  ) {
    self.runID = runID
    self.round = round
    self.client = client
    self.model = model
    self.globals = globals
    self.settings = settings
    self.key = key
    self.countedRound = countedRound
    self.purpose = purpose
  }
}

/// What a worker needs to rebuild the model: content-addressed, fetched once, cached.
public struct ModelManifest: Sendable, Equatable {
  /// A name of the model registry.
  public var architecture: String
  /// Small files of the model folder (`config.json`, `vocab.txt`, ...), without the weights.
  public var assets: [AssetEntry]
  /// The frozen tensors.
  public var tensors: [TensorEntry]

  public init(architecture: String, assets: [AssetEntry], tensors: [TensorEntry]) {
    self.architecture = architecture
    self.assets = assets
    self.tensors = tensors
  }
}

public struct AssetEntry: Sendable, Equatable {
  public var name: String
  public var byteCount: Int
  public var digest: Digest

  public init(name: String, byteCount: Int, digest: Digest) {
    self.name = name
    self.byteCount = byteCount
    self.digest = digest
  }
}

/// A named tensor's type, shape and content address; its bytes travel apart.
public struct TensorEntry: Sendable, Equatable {
  public var name: String
  public var dtype: DType
  public var shape: Shape
  public var digest: Digest

  public init(name: String, dtype: DType, shape: Shape, digest: Digest) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
    self.digest = digest
  }

  public init(name: String, tensor: HostTensor) {
    self.init(
      name: name, dtype: tensor.dtype, shape: tensor.shape, digest: Digest(of: tensor.bytes))
  }

  public var byteCount: Int { shape.elementCount * dtype.byteCount }
}

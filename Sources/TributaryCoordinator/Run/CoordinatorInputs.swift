public import Logging
public import TributaryCore
public import TributaryPlan

/// What a run is about: the plan, the model it starts from, and what clients are told.
public struct CoordinatorInputs: Sendable {
  public var plan: RunPlan
  /// The tensors that move, as they are before round 1: trainable ones (F32) and buffers (F32, I64).
  public var globals: ParameterTree<HostTensor>
  /// The names among `globals` that are buffers.
  public var buffers: Set<String>
  /// The tensors that do not move.
  public var frozen: ParameterTree<HostTensor>
  /// A name of the model registry.
  public var architecture: String
  /// The model folder's small files by name.
  public var assets: [String: Bytes]
  /// The plan's sections for clients, as `TrainTask.settings` wants them.
  public var settings: String
  /// How many clients there are; nil waits the whole join window.
  public var expectedClients: Int?

  public init(
    plan: RunPlan, globals: ParameterTree<HostTensor>, buffers: Set<String> = [],
    frozen: ParameterTree<HostTensor> = [:], architecture: String, assets: [String: Bytes] = [:],
    settings: String, expectedClients: Int?
  ) {
    self.plan = plan
    self.globals = globals
    self.buffers = buffers
    self.frozen = frozen
    self.architecture = architecture
    self.assets = assets
    self.settings = settings
    self.expectedClients = expectedClients
  }
}

/// What a coordinator works with.
public struct CoordinatorServices: Sendable {
  /// Writes the final model's folder durably; returns the SHA-256 of `model.safetensors`.
  public typealias ModelWriter =
    @Sendable (_ tensors: ParameterTree<HostTensor>, _ folder: String) throws -> Digest

  public var pool: any ClientPool
  /// nil: rounds have the clients' own metrics only.
  public var evaluator: (any ModelEvaluator)?
  /// nil: strategies that distil the clients' models are refused.
  public var distiller: (any EnsembleDistiller)?
  public var writeModel: ModelWriter
  public var clock: any WakingClock
  public var logger: Logger
  /// Called with every event, in order, from one task at a time.
  public var sinks: [@Sendable (RunEvent) -> Void]

  public init(
    pool: any ClientPool, evaluator: (any ModelEvaluator)? = nil,
    distiller: (any EnsembleDistiller)? = nil,
    writeModel: @escaping ModelWriter,
    clock: any WakingClock = SystemClock(), logger: Logger = Logger(label: "tributary.coordinator"),
    sinks: [@Sendable (RunEvent) -> Void] = []
  ) {
    self.pool = pool
    self.evaluator = evaluator
    self.distiller = distiller
    self.writeModel = writeModel
    self.clock = clock
    self.logger = logger
    self.sinks = sinks
  }
}

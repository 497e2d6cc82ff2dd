import TributaryCore
import TributaryWire

/// One of each message, with every field set.
enum Samples {
  static let instance = InstanceID(high: 0x0001_0203_0405_0607, low: 0x0809_0a0b_0c0d_0e0f)
  static let blob = Bytes(copying: (0..<24).map { UInt8($0) })
  static let digest = Digest(of: blob)

  static func client() throws -> ClientID { try ClientID("client-0003") }

  static func task(_ purpose: TrainTask.Purpose = .train) throws -> TrainTask {
    TrainTask(
      runID: "run-7", round: 3, client: try client(),
      model: ModelManifest(
        architecture: "resnet20",
        assets: [AssetEntry(name: "config.json", byteCount: 24, digest: digest)],
        tensors: [
          TensorEntry(name: "conv1.weight", dtype: .float32, shape: [2, 3], digest: digest)
        ]),
      globals: [
        TensorEntry(name: "fc.weight", dtype: .float16, shape: [3, 4], digest: digest),
        TensorEntry(
          name: "fc.steps", dtype: .int64, shape: .scalar,
          digest: Digest(of: Bytes(copying: [UInt8](repeating: 0, count: 8)))),
      ], settings: "{\"epochs\":1}", key: RandomKey(key: 0x1122_3344_5566_7788, salt: 9),
      countedRound: 2, purpose: purpose)
  }

  static func all() throws -> [(name: String, message: Message)] {
    [
      (
        "hello",
        .hello(
          Hello(
            worker: "worker-3", client: try client(), exampleCount: 600,
            software: "tributary 0.1.0", processor: "AMD EPYC x 2", instance: instance))
      ),
      (
        "welcome",
        .welcome(
          Welcome(
            runID: "run-7", instance: instance, session: 5, heartbeatMilliseconds: 1000,
            leaseMilliseconds: 5000))
      ),
      ("refused", .refused(Refusal(.clientTaken, "client client-0003 is served by worker a"))),
      ("heartbeat", .heartbeat(session: 5)),
      ("assign", .assign(try task())),
      ("assign-evaluate", .assign(try task(.evaluate))),
      ("withdraw", .withdraw(round: 3)),
      (
        "offer",
        .offer(
          UpdateOffer(
            runID: "run-7", round: 3, client: try client(), exampleCount: 600,
            delta: [
              TensorEntry(name: "fc.weight", dtype: .float32, shape: [2, 3], digest: digest)
            ], metrics: ["accuracy": 0.5, "loss": 1.25]))
      ),
      ("settled-accepted", .settled(round: 3, rejected: nil)),
      ("settled-rejected", .settled(round: 3, rejected: "fc.weight holds a NaN")),
      (
        "failed",
        .failed(TaskFailure(round: 3, code: "data.missing", reason: "shard not found"))
      ),
      (
        "fetch",
        .fetch(Fetch(request: 2, ranges: [BlobRange(digest: digest, offset: 8, length: 16)]))
      ),
      (
        "chunk",
        .chunk(
          Chunk(
            request: 2,
            pieces: [Chunk.Piece(digest: digest, offset: 8, total: 24, bytes: blob[8..<24])]))
      ),
      ("chunk-missing", .chunk(Chunk(request: 2, pieces: [], missing: [digest]))),
      ("ended-completed", .ended(.completed(rounds: 10, digest: digest))),
      ("ended-failed", .ended(.failed(reason: "no quorum"))),
      ("ended-interrupted", .ended(.interrupted)),
      ("goodbye", .goodbye(reason: "stopped")),
    ]
  }
}

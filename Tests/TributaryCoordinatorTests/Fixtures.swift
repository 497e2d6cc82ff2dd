import Foundation
import Synchronization
import TributaryCore
import TributaryCoordinator
import TributaryPlan
import TributaryStorage
import TributaryTestKit
import TributaryWire

/// Clients that really learn: each fits a line to its own points by full-batch gradient descent.
struct LineClient: Sendable {
  let points: [(x: Float, y: Float)]

  /// `count` points of `y = 3x - 1` with noise, around another `x` for each client.
  init(_ client: ClientID, count: Int) {
    var stream = RandomKey(seed: 5).at(client.name).generator
    let centre = stream.uniform() * 4 - 2
    points = (0..<count).map { _ in
      let x = centre + stream.uniform() - 0.5
      return (x, 3 * x - 1 + (stream.uniform() - 0.5) * 0.1)
    }
  }

  /// The task's update: random numbers come from the task's key.
  func train(_ task: TrainTask, blobs: any BlobSource) throws -> ClientUpdate {
    func global(_ name: String) throws -> HostTensor {
      guard let entry = task.globals.first(where: { $0.name == name }),
        let bytes = blobs.blob(entry.digest), Digest(of: bytes) == entry.digest
      else { throw TributaryError("task.blob", "\(name) is missing") }
      return try HostTensor(dtype: entry.dtype, shape: entry.shape, bytes: bytes)
    }
    var weights = try global("line.weight").floats()
    let start = weights
    var stream = task.key.generator
    var loss: Float = 0
    for _ in 0..<5 {
      var gradient: [Float] = [0, 0]
      loss = 0
      for (x, y) in points {
        let error = weights[0] * x + weights[1] - y + (stream.uniform() - 0.5) * 0.01
        gradient[0] += 2 * error * x / Float(points.count)
        gradient[1] += 2 * error / Float(points.count)
        loss += error * error / Float(points.count)
      }
      weights[0] -= 0.05 * gradient[0]
      weights[1] -= 0.05 * gradient[1]
    }
    return ClientUpdate(
      runID: task.runID, round: task.round, client: task.client, exampleCount: points.count,
      delta: [
        "line.weight": HostTensor(zip(weights, start).map { $0 - $1 }, shape: [2]),
        "norm.count": try HostTensor(
          dtype: .int64, shape: [], bytes: Bytes(copying: [Int64(5)])),
      ],
      metrics: ["loss": Double(loss), "accuracy": 0.5, "seconds": 0.1])
  }
}

/// The mean squared error of the line on fixed points.
struct LineEvaluator: ModelEvaluator {
  func evaluate(_ tensors: ParameterTree<HostTensor>) async throws -> [String: Double] {
    guard let weights = try tensors["line.weight"]?.floats(), tensors["frozen.scale"] != nil else {
      throw TributaryError("test.tensors", "a tensor is missing")
    }
    let errors = (-10...10).map { index in
      let x = Double(index) / 5
      return Double(weights[0]) * x + Double(weights[1]) - (3 * x - 1)
    }
    return ["loss": errors.reduce(0) { $0 + $1 * $1 } / 21, "accuracy": 0.75]
  }
}

/// Events as they come, and a wait for one of them.
final class EventRecorder: Sendable {
  private let state = Mutex<[RunEvent]>([])
  var events: [RunEvent] { state.withLock { $0 } }
  var names: [String] { events.map(\.name) }
  var sink: @Sendable (RunEvent) -> Void { { event in self.state.withLock { $0.append(event) } } }
  var completed: [RunEvent.RoundCompleted] {
    events.compactMap { if case .roundCompleted(let round) = $0 { round } else { nil } }
  }
}

enum Run {
  static func plan(
    rounds: Int = 3, perRound: Int? = nil, minimum: Int = 1, window: Double = 60,
    deadline: Double? = nil, every: Int = 1, seed: UInt64 = 7,
    strategy: StrategyPlan = StrategyPlan()
  ) -> RunPlan {
    RunPlan(
      name: "line", seed: seed, backbone: BackbonePlan(architecture: "line"),
      task: TaskPlan(kind: .imageClassification, classes: 2), data: DataPlan(),
      federation: FederationPlan(
        strategy: strategy, rounds: rounds, clientsPerRound: perRound, minimumClients: minimum,
        joinWindowSeconds: window, deadlineSeconds: deadline),
      evaluation: EvaluationPlan(every: every))
  }

  static func inputs(_ plan: RunPlan, expected: Int?) throws -> CoordinatorInputs {
    CoordinatorInputs(
      plan: plan,
      globals: [
        "line.weight": HostTensor([0, 0], shape: [2]),
        "norm.count": try HostTensor(
          dtype: .int64, shape: [], bytes: Bytes(copying: [Int64(0)])),
      ],
      buffers: ["norm.count"], frozen: ["frozen.scale": HostTensor([1], shape: [1])],
      architecture: "line", assets: ["config.json": Bytes(copying: Array("{}".utf8))],
      settings: "{}", expectedClients: expected)
  }

  static func services(
    _ pool: any ClientPool, clock: any WakingClock = SystemClock(),
    evaluator: (any ModelEvaluator)? = LineEvaluator(),
    sinks: [@Sendable (RunEvent) -> Void] = []
  ) -> CoordinatorServices {
    CoordinatorServices(
      pool: pool, evaluator: evaluator,
      writeModel: { try SafetensorsFile.write($0, to: $1 + "/model.safetensors") }, clock: clock,
      sinks: sinks)
  }

  static func clients(_ count: Int) -> [ClientID] { (0..<count).map(ClientID.init(index:)) }

  static func code(_ body: () async throws -> Void) async -> String? {
    do {
      try await body()
      return nil
    } catch { return (error as? TributaryError)?.code ?? "\(error)" }
  }
}

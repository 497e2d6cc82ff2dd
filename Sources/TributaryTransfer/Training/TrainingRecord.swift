internal import Foundation
internal import Synchronization
public import TributaryCore
public import TributaryPlan
internal import TributaryStorage
internal import TributaryTensor

/// Keeps a training's progress in one file that is whole or not there, so that it can go on after a crash.
///
/// Tensors that move stand under their own names, the optimiser's under `@optimizer/`, the best epoch's under
/// `@best/`; the rest is metadata of the safetensors file.
public final class TrainingRecord: Sendable {
  private let path: String
  private let plan: Digest
  private let clock: any MonotonicClock
  private let lock: FileLock
  private let lastWrite = Mutex(-Double.infinity)
  private let resumes: Bool

  /// Writing costs time: an epoch is written when the last write is so long ago.
  private static let seconds = 5.0

  public static func path(in folder: String) -> String {
    "\(folder)/checkpoints/training.safetensors"
  }

  /// Whether there is a training to go on with.
  public static func isThere(in folder: String) -> Bool { DurableFile.exists(path(in: folder)) }

  /// - Parameter resumes: whether to go on from what is there; otherwise it is replaced by the first write.
  /// - Throws: `run.locked` where another process trains there; `run.none` where there is nothing to go on from.
  public init(
    folder: String, plan: RunPlan, resumes: Bool, clock: any MonotonicClock = SystemClock()
  ) throws {
    path = Self.path(in: folder)
    self.plan = try plan.digest
    self.resumes = resumes
    self.clock = clock
    try DurableFile.createFolder(folder)
    guard let lock = try FileLock(path: "\(folder)/lock") else {
      throw TributaryError(
        "run.locked", "another process is training in \(folder)",
        advice: "stop it first, or choose another output folder")
    }
    self.lock = lock
    guard !resumes || DurableFile.exists(path) else {
      throw TributaryError(
        "run.none", "there is no training to resume in \(folder)",
        advice: "start it without --resume")
    }
  }

  /// - Parameter isDue: only where the last write is some seconds ago.
  func write(_ progress: TrainingProgress, isDue: Bool = false) throws {
    let now = clock.seconds
    if isDue, now - lastWrite.withLock({ $0 }) < Self.seconds { return }
    let state = progress.state
    var tensors = Array(state.moving.mapValues { $0.host() })
    tensors += state.optimizer.map { ("@optimizer/\($0)", $1.host()) }.values
    tensors += (progress.best ?? [:]).map { ("@best/\($0)", $1.host()) }.values
    try SafetensorsFile.write(
      ParameterTree(tensors), to: path,
      metadata: ["training": try PlanJSON.encode(Header(progress, plan: plan))])
    lastWrite.withLock { $0 = now }
  }

  /// What an earlier process wrote; nil where this one begins anew.
  func read() throws -> TrainingProgress? {
    guard resumes else { return nil }
    let file: SafetensorsFile
    let header: Header
    do {
      file = try SafetensorsFile(
        bytes: DurableFile.read(path), name: "training.safetensors", requireFinite: true)
      header = try PlanJSON.decode(Header.self, from: file.metadata["training"] ?? "")
    } catch {
      throw TributaryError("checkpoint.damaged", "\(path) cannot be used", cause: error)
    }
    guard header.plan == plan else {
      throw TributaryError(
        "run.plan", "the training in \(path) was begun with another plan",
        advice: "give the same run file and --set options, or begin anew without --resume")
    }
    func part(_ prefix: String) throws -> ParameterTree<Tensor> {
      ParameterTree(
        try file.tensors.filter { name, _ in name.hasPrefix(prefix) }
          .map { (String($0.dropFirst(prefix.count)), try Tensor($1)) }.values)
    }
    var state = TrainingState(
      moving: try file.tensors.filter { name, _ in !name.hasPrefix("@") }.mapValues {
        try Tensor($0)
      })
    state.epochs = header.epochs.count
    (state.steps, state.learningRateSum) = (header.steps, header.learningRateSum)
    (state.loss, state.accuracy) = (header.loss, header.accuracy)
    state.optimizer = try part("@optimizer/")
    var progress = TrainingProgress(state: state)
    progress.epochs = header.epochs.enumerated().map { ($0 + 1, $1) }
    let best = try part("@best/")
    progress.best = best.isEmpty ? nil : best
    return progress
  }

  private struct Header: Codable {
    var plan: Digest
    var epochs: [[String: Double]]
    var steps: Int
    var learningRateSum: Double
    var loss: Double
    var accuracy: Double

    init(_ progress: TrainingProgress, plan: Digest) {
      self.plan = plan
      epochs = progress.epochs.map(\.metrics)
      let state = progress.state
      (steps, learningRateSum) = (state.steps, state.learningRateSum)
      (loss, accuracy) = (state.loss, state.accuracy)
    }
  }
}

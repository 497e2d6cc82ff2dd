internal import Foundation
internal import TributaryCore
public import TributaryPlan

/// What a worker must know of the plan to do a task: which examples count and how to train.
///
/// It travels inside a `TrainTask` as JSON and is the same in every round and for every client.
public struct TaskSettings: Sendable, Codable, Equatable {
  public var task: TaskPlan
  /// The labels that the run keeps of its data, renumbered in this order; nil keeps all.
  public var labels: [Int]?
  /// Longer texts are cut to this many tokens.
  public var maximumTokens: Int
  /// The share of a client's examples that it measures models with instead of training on them.
  public var holdout: Double
  public var augment: [AugmentationPlan]
  /// After the last round: passes over the client's examples by which it makes the result its own.
  public var tuningEpochs: Int
  /// Then: passes with which it trains what it would have without the transfer; 0: none.
  public var baselineEpochs: Int
  /// Whether it keeps the best of them.
  public var fallBack: Bool
  public var transfer: TransferPlan
  public var local: LocalPlan
  /// Of the whole run: schedules of objectives go by them.
  public var rounds: Int

  public init(_ plan: RunPlan) {
    task = plan.task
    labels = plan.data.labels
    maximumTokens = plan.data.text.maximumTokens
    holdout = plan.data.holdout
    augment = plan.data.augment
    tuningEpochs = plan.federation.personalize.epochs
    baselineEpochs = plan.federation.personalize.baselineEpochs
    fallBack = plan.federation.personalize.fallBack
    transfer = plan.transfer
    if transfer.adapter.from != nil { transfer.adapter.from = "sent" }
    transfer.objectives = transfer.objectives.map(\.withoutPath)
    rounds = plan.federation.rounds
    local = plan.local
  }

  /// The settings with keys in alphabetical order: equal settings are equal text.
  public var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }

  /// - Throws: `task.settings` where `json` is not what `json` above writes, or asks for something
  ///   impossible: it came from a peer.
  public init(json: String) throws {
    do {
      self = try JSONDecoder().decode(TaskSettings.self, from: Data(json.utf8))
    } catch {
      throw TributaryError(
        "task.settings", "the task's settings cannot be read", advice: Self.mismatch, cause: error)
    }
    guard isPossible else {
      throw TributaryError(
        "task.settings", "the task's settings are out of range", advice: Self.mismatch)
    }
  }

  /// No narrower than what run.yaml may say.
  private var isPossible: Bool {
    let rate = local.optimizer.learningRate
    return (1...1_000_000).contains(local.epochs) && (1...1_048_576).contains(local.batchSize)
      && (1...1_048_576).contains(local.accumulate) && (1...4096).contains(transfer.rank)
      && transfer.alpha.isFinite && transfer.alpha > 0
      && (1...10_000).contains(transfer.lastBlocks ?? 1)
      && (0...1_000_000).contains(transfer.unfreezeEvery)
      && (0...1000).contains(transfer.backboneRate) && (0...1).contains(transfer.blockDecay)
      && (1...1024).contains(local.threads) && rate.isFinite && rate >= 0
      && (0...1).contains(local.schedule.warmup) && local.proximal.isFinite && local.proximal >= 0
      && (0...1_000_000).contains(tuningEpochs)
      && (0...1_000_000).contains(baselineEpochs) && (!fallBack || baselineEpochs > 0)
      && (baselineEpochs == 0 || transfer.prompt == nil)
      && augment.count <= 16 && holdout >= 0
      && holdout < 1
      && (1...1_000_000).contains(task.classes)
      && (2...100_000).contains(maximumTokens) && (1...1_000_000).contains(rounds)
      && transfer.objectives.count <= 16
      && transfer.episodes.map { $0.isPossible && holdout == 0 } ?? true
      && transfer.head.isPossible && transfer.auto == nil && transfer.adapter.isPossible
      && transfer.prompt?.isPossible ?? true
  }

  private static let mismatch = "do coordinator and worker run the same version?"
}

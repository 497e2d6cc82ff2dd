internal import Foundation
internal import TributaryCore
public import TributaryPlan

/// What a worker must know of the plan to do a task: how examples are prepared and how to train.
///
/// It travels inside a `TrainTask` as JSON and is the same in every round and for every client.
public struct TaskSettings: Sendable, Codable, Equatable {
  public var task: TaskPlan
  public var image: ImagePlan
  public var text: TextPlan
  public var labels: [Int]?
  public var pooling: BackbonePlan.Pooling
  public var transfer: TransferPlan
  public var local: LocalPlan

  public init(_ plan: RunPlan) {
    task = plan.task
    image = plan.data.image
    text = plan.data.text
    labels = plan.data.labels
    pooling = plan.backbone.pooling
    transfer = plan.transfer
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
    let columns = (text.textColumns ?? []) + (text.labelColumn.map { [$0] } ?? [])
    return (1...1_000_000).contains(local.epochs) && (1...1_048_576).contains(local.batchSize)
      && (1...1024).contains(local.threads) && rate.isFinite && rate >= 0
      && (0...1).contains(local.schedule.warmup)
      && (1...1_000_000).contains(task.classes) && (2...100_000).contains(text.maximumTokens)
      && (image.size.map { $0.count == 2 && $0.allSatisfy((1...8192).contains) } ?? true)
      && columns.allSatisfy((1...10_000).contains)
  }

  private static let mismatch = "do coordinator and worker run the same version?"

  /// The data section as a reader of a worker's folder needs it.
  public var dataPlan: DataPlan { DataPlan(labels: labels, image: image, text: text) }
}

internal import Foundation
public import TributaryCore
public import TributaryPlan

/// What one client has, as a folder that a worker can be pointed at:
///
/// - `shard.json`: the client's name, the classes, the number of examples, and the SHA-256 of each
///   file beside it;
/// - images: `images-idx3-ubyte` (grey) or `images-idx4-ubyte` (`[count, channels, height, width]`)
///   and `labels-idx1-ubyte` (`labels-idx1-int` for more than 256 classes);
/// - texts: `examples.jsonl`, an object with `label` and `text` a line;
/// - graphs: `nodes.tsv`, `edges.tsv` and `features.tsv` of the client's nodes, as `data.train` may be.
/// - recordings: `features.safetensors` (their feature maps, not the sound) and labels as of images.
///
/// A shard read back equals what was written, in order and to the byte.
public struct Shard: Sendable {
  public let client: ClientID
  public let classes: Int
  /// Always labelled.
  public let dataset: Dataset

  public init(client: ClientID, classes: Int, dataset: Dataset) {
    precondition(dataset.labels != nil, "a shard is labelled")
    self.client = client
    self.classes = classes
    self.dataset = dataset
  }

  /// Whether `path` is a folder with a `shard.json`.
  public static func isShard(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(path)/\(ShardManifest.fileName)")
  }

  /// Opens what a worker's `--data` names: a shard folder, or anything that `DatasetReader` reads.
  ///
  /// - Parameters:
  ///   - client: the name for data that do not say whose they are. A shard's own name is kept: it
  ///     addresses the client's random numbers, so that a run equals its simulation.
  ///   - data: labels to keep, image size and columns, for what is no shard.
  ///   - task: nil (not known yet) takes the classes from the data.
  public static func open(
    _ path: String, client: ClientID? = nil, data: DataPlan = DataPlan(), task: TaskPlan? = nil
  ) throws -> Shard {
    if isShard(path) {
      let shard = try read(path)
      if let task { try shard.check(task) }
      return shard
    }
    let dataset = try DatasetReader.read(
      path, format: data.format, plan: data, task: task, split: .train)
    guard let client else {
      throw TributaryError(
        "data.shard", "\(path): no shard folder, so it does not say whose it is",
        advice: "give the client's name")
    }
    let labels = dataset.labels ?? []
    let classes = task?.classes ?? dataset.classNames?.count ?? (labels.max() ?? 0) + 1
    return Shard(client: client, classes: classes, dataset: dataset)
  }

  /// - Throws: `data.kind`, `data.shard` or `data.label` where this shard cannot serve `task`.
  public func check(_ task: TaskPlan) throws {
    _ = try dataset.requireLabels(within: task)
    guard classes <= task.classes else {
      throw TributaryError(
        "data.shard",
        "the shard of \(client) has \(classes) classes, but the task has \(task.classes)")
    }
    if let names = dataset.classNames, let expected = task.classNames, names != expected {
      throw TributaryError(
        "data.shard", "the shard of \(client) names its classes otherwise than the task",
        advice: "partition the data again with this run.yaml")
    }
  }
}

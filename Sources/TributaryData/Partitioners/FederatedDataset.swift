public import TributaryCore
public import TributaryPlan

/// A run's training data with whose each example is.
///
/// `simulate` and `partition` both ask here, so that a cluster on the written shards is the federation
/// that was simulated.
public struct FederatedDataset: Sendable {
  /// All examples, each with its client's feature shift.
  public let dataset: Dataset
  public let partition: DataPartition

  /// Reads `data.train` and divides it as `data.partition` says.
  public init(_ plan: RunPlan) throws {
    let partition = try Self.partition(of: plan)
    // Before the data are read, which may take long.
    _ = try PartitionerRegistry.make(partition)
    try self.init(
      DatasetReader.train(plan, naturalIDs: NaturalIdPartitioner.source(partition)), plan: plan)
  }

  /// Divides `dataset`, the plan's training data.
  public init(_ dataset: Dataset, plan: RunPlan) throws {
    let labels = try dataset.requireLabels(within: plan.task)
    if case .graph(let graph) = dataset.examples {
      (self.dataset, partition) = try FederatedGraph.divided(
        dataset, graph, plan: Self.partition(of: plan), classes: plan.task.classes,
        key: plan.randomKey.at("partition"))
      return
    }
    let partition = try DataPartition(
      of: PartitionExamples(
        labels: labels, classes: plan.task.classes, naturalIDs: dataset.naturalIDs),
      plan: Self.partition(of: plan), key: plan.randomKey.at("partition"))
    self.partition = partition
    self.dataset =
      try plan.data.featureShift.map {
        try FeatureShift.applied(
          to: dataset, of: partition, plan: $0, key: plan.randomKey.at("feature-shift"))
      } ?? dataset
  }

  /// Each client with its examples.
  public var clients: [(client: ClientID, indices: [Int])] {
    partition.enumerated().map { (ClientID(index: $0.offset), $0.element) }
  }

  private static func partition(of plan: RunPlan) throws -> PartitionPlan {
    guard let partition = plan.data.partition else {
      throw TributaryError(
        "data.partition", "the run does not say how to divide its training data",
        advice: "add data.partition: {kind: iid, clients: 4}")
    }
    return partition
  }
}

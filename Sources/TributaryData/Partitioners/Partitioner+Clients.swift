public import TributaryCore
public import TributaryPlan

extension Partitioner {
  /// The clients of `plan` and which examples of `dataset`, the plan's training data, each one has.
  ///
  /// `simulate` and `partition` both ask here, so that a cluster on the written shards is the
  /// federation that was simulated.
  public static func clients(
    of dataset: Dataset, plan: RunPlan
  ) throws -> [(client: ClientID, indices: [Int])] {
    guard let partition = plan.data.partition else {
      throw TributaryError(
        "data.partition", "the run does not say how to divide its training data",
        advice: "add data.partition: {kind: iid, clients: 4}")
    }
    let labels = try dataset.requireLabels(within: plan.task)
    let shards = try Partitioner.partition(
      labels: labels, classes: plan.task.classes, plan: partition,
      key: plan.randomKey.at("partition"))
    return shards.enumerated().map { (ClientID(index: $0.offset), $0.element) }
  }
}

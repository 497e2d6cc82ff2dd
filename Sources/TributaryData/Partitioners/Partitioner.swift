public import TributaryCore
public import TributaryPlan

/// Divides a dataset's examples among clients.
///
/// A partition depends on labels, plan and key only. Every example goes to exactly one client; each
/// client's indices are ascending.
public enum Partitioner {
  /// - Parameters:
  ///   - labels: one a example, in 0..<classes.
  ///   - key: the run's key for partitioning.
  /// - Returns: for each client the indices of its examples.
  /// - Throws: `data.partition` where the plan cannot be met with these examples.
  public static func partition(
    labels: [Int], classes: Int, plan: PartitionPlan, key: RandomKey
  ) throws -> [[Int]] {
    precondition(labels.allSatisfy { (0..<classes).contains($0) }, "labels must be checked before")
    guard plan.clients >= 1, plan.clients * max(1, plan.minimumExamples) <= labels.count else {
      throw TributaryError(
        "data.partition",
        "\(labels.count) examples cannot give \(plan.clients) clients at least "
          + "\(plan.minimumExamples) each",
        advice: "lower data.partition.clients or minimumExamples")
    }
    let key = key.at(plan.kind.rawValue)
    let parts: [[Int]]
    switch plan.kind {
    case .iid: parts = IIDPartition.indices(count: labels.count, plan: plan, key: key)
    case .dirichlet:
      parts = try DirichletPartition.indices(labels: labels, classes: classes, plan: plan, key: key)
    case .shards: parts = try ShardsPartition.indices(labels: labels, plan: plan, key: key)
    }
    let smallest = parts.map(\.count).min() ?? 0
    guard smallest >= plan.minimumExamples else {
      throw TributaryError(
        "data.partition",
        "the partition \(plan.kind.rawValue) leaves a client \(smallest) examples, "
          + "minimumExamples is \(plan.minimumExamples)", advice: "lower data.partition.clients")
    }
    return parts.map { $0.sorted() }
  }
}

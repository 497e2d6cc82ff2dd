public import TributaryCore
public import TributaryPlan

/// What a partition is like: each client's size and labels, and figures of how much they differ.
public struct PartitionReport: Sendable, Encodable {
  public struct Client: Sendable, Encodable {
    public let client: ClientID
    /// What the data call the client.
    public let name: String?
    public let examples: Int
    /// Examples by label; nil where labels say nothing (`language-model`).
    public let labels: [Int]?
    /// To all clients together; see `LabelFigures`.
    public let totalVariation: Double?
    public let jensenShannon: Double?
  }

  public struct Summary: Sendable, Encodable {
    public let run: String
    public let kind: String
    public let seed: UInt64
    public let clients: Int
    /// The clients' examples together.
    public let examples: Int
    /// Examples that no client has.
    public let unused: Int
    /// In label order: names where they are known.
    public let classes: [String]
    public let sizes: SizeFigures
    public let labels: LabelFigures?
    /// SHA-256 of the index lists: equal on every machine.
    public let digest: Digest
  }

  public let summary: Summary
  public let clients: [Client]

  /// - Parameter plan: the one that `data` was made from.
  public init(_ data: FederatedDataset, plan: RunPlan) {
    self.init(
      data.partition, labels: plan.task.kind == .languageModel ? nil : data.dataset.labels,
      classes: plan.task.classNames ?? data.dataset.classNames
        ?? (0..<plan.task.classes).map(String.init),
      run: plan.name, kind: plan.data.partition?.kind ?? "", seed: plan.seed)
  }

  init(
    _ partition: DataPartition, labels: [Int]?, classes: [String], run: String, kind: String,
    seed: UInt64
  ) {
    let counts = labels.map { Self.counts(partition, labels: $0, classes: classes.count) }
    let distances = counts.map { Self.distances($0, classes: classes.count) }
    clients = partition.indices.map { client in
      Client(
        client: ClientID(index: client), name: partition.names?[client],
        examples: partition.size(of: client),
        labels: counts.map {
          Array($0[(client * classes.count)..<((client + 1) * classes.count)])
        },
        totalVariation: distances?[client].totalVariation,
        jensenShannon: distances?[client].jensenShannon)
    }
    summary = Summary(
      run: run, kind: kind, seed: seed, clients: partition.count,
      examples: partition.exampleCount - partition.unusedCount, unused: partition.unusedCount,
      classes: classes, sizes: SizeFigures(clients.map(\.examples)),
      labels: distances.map { distances in
        let present = counts?.reduce(0) { $0 + ($1 > 0 ? 1 : 0) } ?? 0
        return LabelFigures(
          distances, classesPerClient: Double(present) / Double(max(1, partition.count)))
      }, digest: partition.digest)
  }

  /// Numbers of examples, `[clients, classes]`.
  private static func counts(
    _ partition: DataPartition, labels: [Int], classes: Int
  ) -> [Int] {
    var counts = [Int](repeating: 0, count: partition.count * classes)
    for (client, indices) in partition.enumerated() {
      for index in indices { counts[client * classes + labels[index]] += 1 }
    }
    return counts
  }

  private static func distances(_ counts: [Int], classes: Int) -> [LabelDistance] {
    var all = [Int](repeating: 0, count: classes)
    for (index, count) in counts.enumerated() { all[index % classes] += count }
    return stride(from: 0, to: counts.count, by: classes).map { start in
      LabelDistance(counts[start..<(start + classes)], all)
    }
  }
}

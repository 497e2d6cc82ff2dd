internal import TributaryCore
internal import TributaryPlan

/// Examples sorted by label, cut into `clients * shardsPerClient` shards, and dealt at random:
/// the pathological non-IID partition of McMahan et al. 2017.
enum ShardsPartition {
  static func indices(labels: [Int], plan: PartitionPlan, key: RandomKey) throws -> [[Int]] {
    let shards = plan.clients * plan.shardsPerClient
    guard shards <= labels.count else {
      throw TributaryError(
        "data.partition", "\(labels.count) examples cannot be cut into \(shards) shards",
        advice: "lower data.partition.clients or shardsPerClient")
    }
    // Sorted by label, equal labels in their own order.
    let sorted = labels.indices.sorted { (labels[$0], $0) < (labels[$1], $1) }
    let deal = key.permutation(of: shards)
    return (0..<plan.clients).map { client in
      deal[(client * plan.shardsPerClient)..<((client + 1) * plan.shardsPerClient)].flatMap {
        shard in
        sorted[(shard * labels.count / shards)..<((shard + 1) * labels.count / shards)]
      }
    }
  }
}

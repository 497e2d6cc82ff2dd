internal import TributaryCore
internal import TributaryPlan

/// Examples shuffled and cut into equal parts (sizes differ by at most one): McMahan et al. 2017.
enum IIDPartition {
  static func indices(count: Int, plan: PartitionPlan, key: RandomKey) -> [[Int]] {
    let order = key.permutation(of: count)
    return (0..<plan.clients).map { client in
      Array(order[(client * count / plan.clients)..<((client + 1) * count / plan.clients)])
    }
  }
}

internal import TributaryCore
internal import TributaryPlan

/// For each class, the clients' shares are drawn from a symmetric Dirichlet distribution with
/// concentration `alpha` (Hsu et al. 2019, arXiv:1909.06335; Yurochkin et al. 2019).
///
/// Drawn again, under the next key, until each client has `minimumExamples`.
enum DirichletPartition {
  static let drawLimit = 10_000

  static func indices(
    labels: [Int], classes: Int, plan: PartitionPlan, key: RandomKey
  ) throws -> [[Int]] {
    var members = [[Int]](repeating: [], count: classes)
    for (index, label) in labels.enumerated() { members[label].append(index) }
    for draw in 0..<drawLimit {
      let bounds = bounds(members.map(\.count), plan: plan, key: key.at("draw").at(draw))
      let sizes = (0..<plan.clients).map { client in
        bounds.reduce(0) { $0 + $1[client + 1] - $1[client] }
      }
      guard sizes.allSatisfy({ $0 >= plan.minimumExamples }) else { continue }
      return deal(members, bounds, clients: plan.clients, key: key.at("order"))
    }
    throw TributaryError(
      "data.partition",
      "\(drawLimit) draws with alpha \(plan.alpha) all left a client fewer than "
        + "\(plan.minimumExamples) examples",
      advice: "raise data.partition.alpha, or lower clients or minimumExamples")
  }

  /// For each class, where each client's part of its examples begins, and the end.
  private static func bounds(_ counts: [Int], plan: PartitionPlan, key: RandomKey) -> [[Int]] {
    counts.enumerated().map { label, count in
      var random = GammaSampler(key: key.at(label))
      let shares = random.dirichlet(concentration: plan.alpha, count: plan.clients)
      var sum = 0.0
      var bounds = [0]
      for share in shares {
        sum += share
        bounds.append(min(count, Int(sum * Double(count))))
      }
      bounds[plan.clients] = count
      return bounds
    }
  }

  private static func deal(
    _ members: [[Int]], _ bounds: [[Int]], clients: Int, key: RandomKey
  ) -> [[Int]] {
    var parts = [[Int]](repeating: [], count: clients)
    for (label, indices) in members.enumerated() {
      let order = key.at(label).permutation(of: indices.count)
      for client in 0..<clients {
        for position in bounds[label][client]..<bounds[label][client + 1] {
          parts[client].append(indices[order[position]])
        }
      }
    }
    return parts
  }
}

public import TributaryCore
internal import TributaryPlan

/// For each class, the clients' shares are drawn from a Dirichlet distribution with concentration `alpha`
/// (Yurochkin et al. 2019, arXiv:1905.12022; Hsu et al. 2019, arXiv:1909.06335). Flower's
/// `DirichletPartitioner`.
///
/// Drawn again, under the next key, until each client has `minimumExamples`: many times for few clients,
/// at least ten times (Flower's limit) for very many. With `selfBalancing` a client that has more than
/// the mean number of examples gets none of the classes that follow.
public struct DirichletPartitioner: Partitioner {
  public static let kind = "dirichlet"
  public static let flowerName: String? = "DirichletPartitioner"
  public static let summary = "each class is shared out among the clients by a Dirichlet draw"
  public static let settings: [PartitionSetting] = [
    .alpha("concentration, one for all or one a client; the smaller, the more skewed"),
    PartitionSetting(
      "selfBalancing", .truth, default: false,
      "whoever has more than the mean number of examples gets none of the next classes"),
  ]

  public let clients: Int?
  private let alpha: [Double]
  private let isSelfBalancing: Bool
  private let minimum: Int

  public init(_ settings: PartitionSettings) throws {
    let count = try settings.clients
    clients = count
    alpha = try settings.numbers("alpha", count: count, of: "clients")
    isSelfBalancing = settings.isTrue("selfBalancing")
    minimum = settings.plan.minimumExamples
  }

  /// About as many gamma numbers as are drawn in two seconds.
  private static let gammaLimit = 20_000_000

  private func drawLimit(classes: Int) -> Int {
    max(10, min(10_000, Self.gammaLimit / (alpha.count * classes)))
  }

  public func divide(_ examples: PartitionExamples, key: RandomKey) throws -> PartitionOwners {
    let members = examples.members
    let limit = drawLimit(classes: members.count)
    for draw in 0..<limit {
      let bounds = bounds(members.map(\.count), key: key.at("draw").at(draw))
      guard sizes(bounds).allSatisfy({ $0 >= minimum }) else { continue }
      return deal(members, bounds, examples: examples.count, key: key.at("order"))
    }
    throw TributaryError(
      "data.partition",
      "\(limit) draws with alpha \(alpha.min() ?? 0) all left a client fewer than \(minimum) examples",
      advice: "raise data.partition.alpha, lower clients or minimumExamples, or take the kind "
        + "\(InnerDirichletPartitioner.kind), whose clients have equal sizes")
  }

  private func sizes(_ bounds: [[Int]]) -> [Int] {
    bounds.reduce(into: [Int](repeating: 0, count: alpha.count)) { sizes, bounds in
      for client in sizes.indices { sizes[client] += bounds[client + 1] - bounds[client] }
    }
  }

  /// For each class, where each client's part of its examples begins, and the end.
  private func bounds(_ counts: [Int], key: RandomKey) -> [[Int]] {
    let mean = Double(counts.reduce(0, +)) / Double(alpha.count)
    var sizes = [Int](repeating: 0, count: alpha.count)
    return counts.enumerated().map { label, count in
      var random = GammaSampler(key: key.at(label))
      var shares = random.dirichlet(concentrations: alpha)
      if isSelfBalancing { shares = Self.without(shares) { Double(sizes[$0]) > mean } }
      let bounds = Self.bounds(of: shares, count: count)
      for client in sizes.indices { sizes[client] += bounds[client + 1] - bounds[client] }
      return bounds
    }
  }

  /// The shares of those that are not full, to the sum of 1.
  private static func without(_ shares: [Double], isFull: (Int) -> Bool) -> [Double] {
    let open = shares.indices.map { isFull($0) ? 0 : shares[$0] }
    let total = open.reduce(0, +)
    if total > 0 { return open.map { $0 / total } }
    // Only shares too small for a number were left: those that are not full share equally.
    let ones = shares.indices.map { isFull($0) ? 0.0 : 1.0 }
    return ones.map { $0 / ones.reduce(0, +) }
  }

  private static func bounds(of shares: [Double], count: Int) -> [Int] {
    var sum = 0.0
    var bounds = [0]
    bounds.reserveCapacity(shares.count + 1)
    for share in shares {
      sum += share
      bounds.append(min(count, Int(sum * Double(count))))
    }
    bounds[shares.count] = count
    return bounds
  }

  private func deal(
    _ members: [[Int]], _ bounds: [[Int]], examples: Int, key: RandomKey
  ) -> PartitionOwners {
    var owners = PartitionOwners(examples: examples, clients: alpha.count)
    for (label, indices) in members.enumerated() {
      let order = key.at(label).permutation(of: indices.count)
      for client in alpha.indices {
        for position in bounds[label][client]..<bounds[label][client + 1] {
          owners.give(indices[order[position]], to: client)
        }
      }
    }
    return owners
  }
}

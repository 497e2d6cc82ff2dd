public import TributaryCore
internal import TributaryPlan

/// Sizes drawn from a Dirichlet distribution, labels as in all data: quantity skew (Li et al. 2022,
/// "Federated learning on non-IID data silos", arXiv:2102.02079). Flower has no such partitioner.
///
/// Each client has `minimumExamples` first; the draw shares out the rest, so that it succeeds for any
/// number of clients.
public struct DirichletQuantityPartitioner: Partitioner {
  public static let kind = "dirichlet-quantity"
  public static let flowerName: String? = nil
  public static let summary = "sizes by a Dirichlet draw, labels as in all data"
  public static let settings: [PartitionSetting] = [
    .alpha("concentration, one for all or one a client; the smaller, the more unequal")
  ]

  public let clients: Int?
  private let alpha: [Double]
  private let minimum: Int

  public init(_ settings: PartitionSettings) throws {
    let count = try settings.clients
    clients = count
    alpha = try settings.numbers("alpha", count: count, of: "clients")
    minimum = settings.plan.minimumExamples
  }

  public func divide(_ examples: PartitionExamples, key: RandomKey) -> PartitionOwners {
    let rest = examples.count - alpha.count * minimum
    var random = GammaSampler(key: key.at("sizes"))
    var sum = 0.0
    var given = 0
    var sizes = random.dirichlet(concentrations: alpha).map { share in
      sum += share
      let bound = min(rest, Int(sum * Double(rest)))
      defer { given = bound }
      return minimum + bound - given
    }
    sizes[sizes.count - 1] += rest - given
    return .dealt(examples: examples.count, sizes: sizes, key: key.at("order"))
  }
}

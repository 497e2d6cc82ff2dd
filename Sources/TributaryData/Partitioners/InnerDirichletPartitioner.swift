public import TributaryCore

/// Each client's mixture of classes is drawn from a Dirichlet distribution over classes, and its examples
/// one by one from that mixture (Acar et al. 2021, "Federated learning based on dynamic regularization",
/// arXiv:2111.04263). Flower's `InnerDirichletPartitioner`.
///
/// An example goes to a client drawn uniformly from those that are not full; a class without examples
/// left leaves every mixture. Takes time in proportion to examples times classes, whatever the number of
/// clients.
public struct InnerDirichletPartitioner: Partitioner {
  public static let kind = "inner-dirichlet"
  public static let flowerName: String? = "InnerDirichletPartitioner"
  public static let summary =
    "equal sizes (or given ones); each client's mixture of classes by a Dirichlet draw"
  public static let settings: [PartitionSetting] = [
    .alpha("concentration, one for all or one a class; the smaller, the fewer classes a client"),
    SizePartitioner.sizes(required: false, "each client's number of examples; default: equal"),
  ]

  public let clients: Int?
  private let given: [Int]?
  private let settings: PartitionSettings

  public init(_ settings: PartitionSettings) throws {
    self.settings = settings
    given = try SizePartitioner.sizes(settings)
    clients = try given?.count ?? settings.clients
  }

  public func divide(_ examples: PartitionExamples, key: RandomKey) throws -> PartitionOwners {
    let sizes =
      try given
      ?? PartitionOwners.equalSizes(examples: examples.count, clients: settings.clients)
    try SizePartitioner.check(sizes, examples.count, settings)
    var owners = PartitionOwners(examples: examples.count, clients: sizes.count)
    var stock = ClassStock(examples, key: key.at("order"))
    let mixtures = try mixtures(sizes.count, classes: examples.classes, key: key.at("mixture"))
    var random = key.at("draw").generator
    var left = sizes
    var open = sizes.indices.filter { sizes[$0] > 0 }
    while !open.isEmpty {
      let place = random.below(open.count)
      let client = open[place]
      let range = (client * examples.classes)..<((client + 1) * examples.classes)
      owners.give(stock.take(by: mixtures[range], &random), to: client)
      left[client] -= 1
      if left[client] == 0 {
        open.swapAt(place, open.count - 1)
        open.removeLast()
      }
    }
    return owners
  }

  /// `[clients, classes]`; float32, which is as exact as a mixture has to be.
  private func mixtures(_ clients: Int, classes: Int, key: RandomKey) throws -> [Float] {
    let alpha = try settings.numbers("alpha", count: classes, of: "classes")
    var mixtures: [Float] = []
    mixtures.reserveCapacity(clients * classes)
    for client in 0..<clients {
      var random = GammaSampler(key: key.at(client))
      for share in random.dirichlet(concentrations: alpha) { mixtures.append(Float(share)) }
    }
    return mixtures
  }
}

/// The examples of each class that are still to be had, in an order drawn from a key.
private struct ClassStock {
  private var members: [[Int]]

  init(_ examples: PartitionExamples, key: RandomKey) {
    members = examples.members.enumerated().map { label, members in
      key.at(label).permutation(of: members.count).map { members[$0] }
    }
  }

  /// An example of a class drawn with the probabilities of `mixture` among the classes that are left; by
  /// their numbers of examples where `mixture` has none of them.
  mutating func take(by mixture: ArraySlice<Float>, _ random: inout RandomStream) -> Int {
    let first = mixture.startIndex
    let draw = random.uniformDouble()
    if let label = pick(draw, weight: { Double(mixture[first + $0]) })
      ?? pick(draw, weight: { Double(members[$0].count) })
    {
      return members[label].removeLast()
    }
    preconditionFailure("the sizes add up to the examples at most")
  }

  private func pick(_ draw: Double, weight: (Int) -> Double) -> Int? {
    var total = 0.0
    for label in members.indices where !members[label].isEmpty { total += weight(label) }
    guard total > 0 else { return nil }
    var rest = draw * total
    var last: Int?
    for label in members.indices where !members[label].isEmpty && weight(label) > 0 {
      rest -= weight(label)
      last = label
      if rest < 0 { break }
    }
    return last
  }
}

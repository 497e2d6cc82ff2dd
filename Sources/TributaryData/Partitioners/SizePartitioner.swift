public import TributaryCore
internal import TributaryPlan

/// Clients of the sizes that are given, with examples in an order drawn from the key; what is left over is
/// no client's. Flower's `SizePartitioner` (which takes examples in their order).
public struct SizePartitioner: Partitioner {
  public static let kind = "sizes"
  public static let flowerName: String? = "SizePartitioner"
  public static let summary = "as many examples as is said, labels as in all data"
  public static let settings: [PartitionSetting] = [
    sizes(required: true, "each client's number of examples")
  ]

  public let clients: Int?
  private let settings: PartitionSettings
  private let sizes: [Int]

  public init(_ settings: PartitionSettings) throws {
    self.settings = settings
    sizes = try Self.sizes(settings) ?? []
    clients = sizes.count
  }

  public func divide(_ examples: PartitionExamples, key: RandomKey) throws -> PartitionOwners {
    try Self.check(sizes, examples.count, settings)
    return .dealt(examples: examples.count, sizes: sizes, key: key)
  }

  // The setting `sizes`, which `inner-dirichlet` has, too.

  static func sizes(required: Bool, _ summary: String) -> PartitionSetting {
    PartitionSetting("sizes", .wholeNumbers(1...1_000_000_000), required: required, summary)
  }

  /// - Throws: `data.partition` where `clients` says another number.
  static func sizes(_ settings: PartitionSettings) throws -> [Int]? {
    guard let sizes = settings.wholeNumbers("sizes") else { return nil }
    if let clients = settings.plan.clients, clients != sizes.count {
      throw settings.failure(
        "sizes", "has \(sizes.count) sizes, but data.partition.clients is \(clients)",
        advice: "leave clients out, or give one size each")
    }
    return sizes
  }

  static func check(_ sizes: [Int], _ examples: Int, _ settings: PartitionSettings) throws {
    let total = sizes.reduce(0, +)
    guard total <= examples else {
      throw settings.failure(
        "sizes", "add up to \(total), but there are \(examples) examples", advice: "lower them")
    }
  }
}

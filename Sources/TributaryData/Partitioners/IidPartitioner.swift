public import TributaryCore

/// Examples shuffled and cut into equal parts (sizes differ by at most one): McMahan et al. 2017,
/// arXiv:1602.05629. Flower's `IidPartitioner`.
public struct IidPartitioner: Partitioner {
  public static let kind = "iid"
  public static let flowerName: String? = "IidPartitioner"
  public static let summary = "shuffled and cut into equal parts"
  public static let settings: [PartitionSetting] = []

  public let clients: Int?
  private let parts: Int

  public init(_ settings: PartitionSettings) throws {
    parts = try settings.clients
    clients = parts
  }

  public func divide(_ examples: PartitionExamples, key: RandomKey) -> PartitionOwners {
    let sizes = PartitionOwners.equalSizes(examples: examples.count, clients: parts)
    return .dealt(examples: examples.count, sizes: sizes, key: key)
  }
}

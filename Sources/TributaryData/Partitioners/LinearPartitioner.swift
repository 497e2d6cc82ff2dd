/// The i-th client has a number of examples in proportion to i; see `IdToSizePartitioner`. Flower's
/// `LinearPartitioner`.
public struct LinearPartitioner: IdToSizePartitioner {
  public static let kind = "linear"
  public static let flowerName: String? = "LinearPartitioner"
  public static let summary = "sizes grow with the client's number"

  public let parts: Int

  public init(_ settings: PartitionSettings) throws { parts = try settings.clients }

  public func units(_ id: Double) -> Double { id }
}

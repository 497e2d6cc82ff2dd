/// The i-th client has a number of examples in proportion to i²; see `IdToSizePartitioner`. Flower's
/// `SquarePartitioner`.
public struct SquarePartitioner: IdToSizePartitioner {
  public static let kind = "square"
  public static let flowerName: String? = "SquarePartitioner"
  public static let summary = "sizes grow with the square of the client's number"

  public let parts: Int

  public init(_ settings: PartitionSettings) throws { parts = try settings.clients }

  public func units(_ id: Double) -> Double { id * id }
}

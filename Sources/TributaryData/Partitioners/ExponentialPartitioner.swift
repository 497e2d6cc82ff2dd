internal import Foundation

/// The i-th client has a number of examples in proportion to e^i; see `IdToSizePartitioner`. Flower's
/// `ExponentialPartitioner`.
public struct ExponentialPartitioner: IdToSizePartitioner {
  public static let kind = "exponential"
  public static let flowerName: String? = "ExponentialPartitioner"
  public static let summary = "sizes grow with e to the client's number; for a few clients"

  public let parts: Int

  public init(_ settings: PartitionSettings) throws { parts = try settings.clients }

  /// Beside the last client's, which does not overflow.
  public func units(_ id: Double) -> Double { exp(id - Double(parts)) }
}

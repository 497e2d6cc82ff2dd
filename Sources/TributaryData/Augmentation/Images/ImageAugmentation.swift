public import TributaryCore

/// A random change of one training image that leaves its class as it is.
public protocol ImageAugmentation: Sendable {
  /// The name under which it is registered.
  static var kind: String { get }
  static var options: [AugmentationOption] { get }
  /// One line for `--help`, with the source.
  static var summary: String { get }

  init(_ options: AugmentationOptions)

  /// - Parameter random: this example's numbers, for this augmentation alone.
  func apply(to image: inout PixelImage, _ random: inout RandomStream)
}

extension RandomStream {
  /// From -reach to reach.
  mutating func spread(_ reach: Double) -> Double { (2 * uniformDouble() - 1) * reach }

  mutating func happens(_ probability: Double) -> Bool { uniformDouble() < probability }
}

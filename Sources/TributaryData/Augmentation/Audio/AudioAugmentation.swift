public import TributaryCore

/// A random change of one training recording's features that leaves its class as it is.
public protocol AudioAugmentation: Sendable {
  /// The name under which it is registered.
  static var kind: String { get }
  static var options: [AugmentationOption] { get }
  /// One line for `--help`, with the source.
  static var summary: String { get }

  init(_ options: AugmentationOptions)

  /// - Parameter random: this example's numbers, for this augmentation alone.
  func apply(to map: inout FeatureMap, _ random: inout RandomStream)
}

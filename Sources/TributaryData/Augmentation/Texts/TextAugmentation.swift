public import TributaryCore

/// A random change of one training text that leaves its class as it is; of its words, which white space divides.
public protocol TextAugmentation: Sendable {
  /// The name under which it is registered.
  static var kind: String { get }
  static var options: [AugmentationOption] { get }
  /// One line for `--help`, with the source.
  static var summary: String { get }

  init(_ options: AugmentationOptions)

  /// - Parameter random: this example's numbers, for this augmentation alone.
  func apply(to words: inout [String], _ random: inout RandomStream)
}

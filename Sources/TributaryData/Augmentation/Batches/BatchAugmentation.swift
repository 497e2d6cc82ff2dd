internal import TributaryCore

/// A random mixture of the images of a batch, and with them of their classes.
protocol BatchAugmentation: Sendable {
  /// The name under which it is registered.
  static var kind: String { get }
  static var options: [AugmentationOption] { get }
  /// One line for `--help`, with the source.
  static var summary: String { get }

  init(_ options: AugmentationOptions)

  /// How much of each image is its own.
  ///
  /// - Parameter key: of this batch, for this augmentation alone.
  func share(height: Int, width: Int, key: RandomKey) -> OwnShare
}

/// How much of an image stays, where another is mixed in.
struct OwnShare {
  /// Of its class.
  var ofLabel: Float
  /// Of each pixel, row after row; one number where it is the same for all.
  var ofPixels: [Float]
}

/// A mixture that happens to some batches.
struct RandomMixture: Sendable {
  let kind: any BatchAugmentation
  let probability: Double
}

/// How the images of one batch are mixed: each with one other.
public struct BatchMixture: Sendable {
  /// The position, in the batch, of each image's partner; may be its own.
  public let partners: [Int]
  /// How much of each class is the image's own; the rest is its partner's.
  public let labelShare: Float
  /// How much of each pixel is the image's own, row after row; one number where it is the same for all.
  public let pixelShares: [Float]

  init(_ share: OwnShare, partners: [Int]) {
    self.partners = partners
    labelShare = share.ofLabel
    pixelShares = share.ofPixels
  }
}

extension AugmentationOption {
  /// Of a symmetric Beta distribution.
  static func concentration(_ value: Double) -> AugmentationOption {
    AugmentationOption(
      "alpha", 0.001...1000, default: value, "the share is drawn from Beta(alpha, alpha)")
  }
}

extension GammaSampler {
  /// A draw from Beta(concentration, concentration).
  mutating func beta(_ concentration: Double) -> Double {
    dirichlet(concentrations: [concentration, concentration])[0]
  }
}

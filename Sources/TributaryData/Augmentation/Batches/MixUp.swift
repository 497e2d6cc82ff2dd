internal import TributaryCore

/// mixup (Zhang et al. 2018, "mixup: beyond empirical risk minimization"): images and classes are mixed in one proportion.
///
///     x = λ x_i + (1 − λ) x_j,   loss = λ CE(x, y_i) + (1 − λ) CE(x, y_j),   λ ~ Beta(α, α), one for a batch
struct MixUp: BatchAugmentation {
  static let kind = "mixup"
  static let options = [AugmentationOption.concentration(0.2), .probability(1)]
  static let summary = "each image is mixed with another of its batch, and so is its class"
  private let alpha: Double

  init(_ options: AugmentationOptions) { alpha = options["alpha"] }

  func share(height _: Int, width _: Int, key: RandomKey) -> OwnShare {
    var random = GammaSampler(key: key)
    let share = Float(random.beta(alpha))
    return OwnShare(ofLabel: share, ofPixels: [share])
  }
}

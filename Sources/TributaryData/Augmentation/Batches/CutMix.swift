internal import TributaryCore

/// CutMix (Yun et al. 2019, "CutMix: regularization strategy to train strong classifiers with localizable features"): a
/// rectangle of each image is another's, and their classes count as their areas.
///
/// The rectangle has the image's proportions and 1 − λ of its area, λ ~ Beta(α, α), around a point anywhere; what lies
/// outside the image is cut off, and counts as the image's own.
struct CutMix: BatchAugmentation {
  static let kind = "cutmix"
  static let options = [AugmentationOption.concentration(1), .probability(0.5)]
  static let summary = "a rectangle of each image is another's of its batch; classes count by area"
  private let alpha: Double

  init(_ options: AugmentationOptions) { alpha = options["alpha"] }

  func share(height: Int, width: Int, key: RandomKey) -> OwnShare {
    var beta = GammaSampler(key: key.at("area"))
    let side = (1 - beta.beta(alpha)).squareRoot()
    var place = key.at("place").generator
    let rows = Self.cut(side, of: height, around: place.below(height))
    let columns = Self.cut(side, of: width, around: place.below(width))
    var pixels = [Float](repeating: 1, count: height * width)
    for row in rows { for column in columns { pixels[row * width + column] = 0 } }
    let area = Float(rows.count * columns.count) / Float(height * width)
    return OwnShare(ofLabel: 1 - area, ofPixels: pixels)
  }

  private static func cut(_ share: Double, of length: Int, around center: Int) -> Range<Int> {
    let size = Int(share * Double(length))
    let start = center - size / 2
    return max(0, start)..<max(0, min(length, start + size))
  }
}

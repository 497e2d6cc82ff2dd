internal import TributaryCore

/// Normal noise on every pixel.
struct PixelNoise: ImageAugmentation {
  static let kind = "noise"
  static let options = [
    AugmentationOption(
      "standardDeviation", 0...1, default: 0.05, "of the noise, of pixels in 0...1")
  ]
  static let summary = "normal noise on every pixel"
  private let deviation: Double

  init(_ options: AugmentationOptions) { deviation = options["standardDeviation"] }

  func apply(to image: inout PixelImage, _ random: inout RandomStream) {
    guard deviation > 0 else { return }
    var normal = GammaSampler(key: RandomKey(seed: random.next()))
    for index in image.bytes.indices {
      image.bytes[index] = PixelImage.byte(
        Double(image.bytes[index]) + 255 * deviation * normal.normal())
    }
  }
}

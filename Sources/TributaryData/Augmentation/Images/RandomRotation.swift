internal import TributaryCore

/// Turned around the centre.
struct RandomRotation: ImageAugmentation {
  static let kind = "rotation"
  static let options = [
    AugmentationOption("degrees", 0...180, default: 15, "up to so far either way")
  ]
  static let summary = "turned around the centre"
  private let degrees: Double

  init(_ options: AugmentationOptions) { degrees = options["degrees"] }

  func apply(to image: inout PixelImage, _ random: inout RandomStream) {
    AffineWarp.rotation(degrees: random.spread(degrees)).apply(to: &image)
  }
}

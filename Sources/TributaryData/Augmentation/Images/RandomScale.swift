internal import Foundation
internal import TributaryCore

/// Made larger or smaller around the centre.
struct RandomScale: ImageAugmentation {
  static let kind = "scale"
  static let options = [
    AugmentationOption("factor", 1...4, default: 1.2, "up to so many times larger or smaller")
  ]
  static let summary = "larger or smaller around the centre"
  private let reach: Double

  init(_ options: AugmentationOptions) { reach = log(options["factor"]) }

  func apply(to image: inout PixelImage, _ random: inout RandomStream) {
    AffineWarp.rotation(degrees: 0, scale: exp(random.spread(reach))).apply(to: &image)
  }
}

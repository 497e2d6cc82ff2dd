internal import TributaryCore

/// Brightness, contrast and saturation changed by factors from 1 - x to 1 + x (torchvision's `ColorJitter`, in this
/// order).
struct ColorJitter: ImageAugmentation {
  static let kind = "jitter"
  static let options = [
    AugmentationOption("brightness", 0...1, default: 0.4, "the factor's distance from 1"),
    AugmentationOption("contrast", 0...1, default: 0.4, "likewise, from the mean grey"),
    AugmentationOption("saturation", 0...1, default: 0.4, "likewise, from grey; of colour images"),
  ]
  static let summary = "brightness, contrast and saturation"
  private let brightness: Double
  private let contrast: Double
  private let saturation: Double

  init(_ options: AugmentationOptions) {
    brightness = options["brightness"]
    contrast = options["contrast"]
    saturation = options["saturation"]
  }

  func apply(to image: inout PixelImage, _ random: inout RandomStream) {
    image.brighten(1 + random.spread(brightness))
    image.stretchContrast(1 + random.spread(contrast))
    image.saturate(1 + random.spread(saturation))
  }
}

extension PixelImage {
  mutating func brighten(_ factor: Double) {
    guard factor != 1 else { return }
    map { $0 * factor }
  }

  mutating func stretchContrast(_ factor: Double) {
    guard factor != 1 else { return }
    let grey = grey
    let mean = (grey.reduce(0, +) / Double(max(1, grey.count))).rounded()
    map { mean + ($0 - mean) * factor }
  }

  mutating func saturate(_ factor: Double) {
    guard factor != 1, channels >= 3 else { return }
    let grey = grey
    let plane = plane
    blend(over: { grey[$0 % plane].rounded() }, share: factor)
  }
}

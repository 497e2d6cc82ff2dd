internal import TributaryCore

/// Left and right change places.
struct HorizontalFlip: ImageAugmentation {
  static let kind = "flip"
  static let options = [AugmentationOption.probability(0.5)]
  static let summary = "left and right change places"
  private let probability: Double

  init(_ options: AugmentationOptions) { probability = options["probability"] }

  func apply(to image: inout PixelImage, _ random: inout RandomStream) {
    guard random.happens(probability) else { return }
    for row in 0..<(image.channels * image.height) {
      image.bytes[(row * image.width)..<((row + 1) * image.width)].reverse()
    }
  }
}

internal import TributaryCore

/// A square of the image's mean grey, anywhere, cut off at the border (DeVries & Taylor 2017).
struct Cutout: ImageAugmentation {
  static let kind = "cutout"
  static let options = [
    AugmentationOption("share", 0...1, default: 0.5, "the square's side, of the image's"),
    AugmentationOption.probability(1),
  ]
  static let summary = "a square of the image's mean hides a part"
  private let share: Double
  private let probability: Double

  init(_ options: AugmentationOptions) {
    share = options["share"]
    probability = options["probability"]
  }

  func apply(to image: inout PixelImage, _ random: inout RandomStream) {
    guard random.happens(probability) else { return }
    let side = Int((share * Double(min(image.height, image.width))).rounded())
    let (row, column) = (random.below(image.height), random.below(image.width))
    let rows = max(0, row - side / 2)..<min(image.height, row - side / 2 + side)
    let columns = max(0, column - side / 2)..<min(image.width, column - side / 2 + side)
    for channel in 0..<image.channels {
      let range = (channel * image.plane)..<((channel + 1) * image.plane)
      let sum = image.bytes[range].reduce(0) { $0 + Int($1) }
      let mean = UInt8((sum + image.plane / 2) / max(1, image.plane))
      for y in rows {
        for x in columns { image.bytes[range.lowerBound + y * image.width + x] = mean }
      }
    }
  }
}

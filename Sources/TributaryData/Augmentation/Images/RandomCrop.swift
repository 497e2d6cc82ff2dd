internal import TributaryCore

/// The image with black borders, of which a window of the image's size is taken anywhere: the crop of CIFAR training
/// (He et al. 2016).
struct RandomCrop: ImageAugmentation {
  static let kind = "crop"
  static let options = [
    AugmentationOption("padding", 1...512, default: 4, "pixels of border on each side")
  ]
  static let summary = "a window of the image's size out of the image with a black border"
  private let padding: Int

  init(_ options: AugmentationOptions) { padding = Int(options["padding"]) }

  func apply(to image: inout PixelImage, _ random: inout RandomStream) {
    let down = random.below(2 * padding + 1) - padding
    let right = random.below(2 * padding + 1) - padding
    let source = image.bytes
    for channel in 0..<image.channels {
      for y in 0..<image.height {
        for x in 0..<image.width {
          let (row, column) = (y + down, x + right)
          let isInside = 0..<image.height ~= row && 0..<image.width ~= column
          image.bytes[channel * image.plane + y * image.width + x] =
            isInside ? source[channel * image.plane + row * image.width + column] : 0
        }
      }
    }
  }
}

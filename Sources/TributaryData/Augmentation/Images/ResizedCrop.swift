internal import Foundation
internal import TributaryCore

/// A part of the image, of random size, shape and place, stretched to the image's size: the crop of ImageNet training
/// (Szegedy et al. 2015; torchvision's `RandomResizedCrop`).
struct ResizedCrop: ImageAugmentation {
  static let kind = "resized-crop"
  static let options = [
    AugmentationOption("minimumArea", 0.01...1, default: 0.08, "least share of the image's area"),
    AugmentationOption("ratio", 1...10, default: 4.0 / 3, "the shape changes by up to this factor"),
  ]
  static let summary = "a random part of the image, stretched to the image's size"
  private let minimumArea: Double
  private let ratio: Double

  init(_ options: AugmentationOptions) {
    minimumArea = options["minimumArea"]
    ratio = options["ratio"]
  }

  func apply(to image: inout PixelImage, _ random: inout RandomStream) {
    let area = minimumArea + (1 - minimumArea) * random.uniformDouble()
    let shape = exp(random.spread(log(ratio)))
    let across = min(1, (area * shape).squareRoot())
    let down = min(1, (area / shape).squareRoot())
    let left = random.uniformDouble() * (1 - across)
    let top = random.uniformDouble() * (1 - down)
    let (width, height) = (Double(image.width), Double(image.height))
    AffineWarp(
      x: (across, 0, (left + across / 2 - 0.5) * width),
      y: (0, down, (top + down / 2 - 0.5) * height)
    ).apply(to: &image)
  }
}

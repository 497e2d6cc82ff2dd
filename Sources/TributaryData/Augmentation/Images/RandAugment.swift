internal import TributaryCore

/// A few operations out of fourteen, all of one strength (Cubuk et al. 2020, arXiv:1909.13719; the strengths of
/// torchvision's `RandAugment`).
struct RandAugment: ImageAugmentation {
  static let kind = "rand-augment"
  static let options = [
    AugmentationOption("operations", 1...14, default: 2, "how many an image gets"),
    AugmentationOption("magnitude", 0...30, default: 9, "their strength"),
  ]
  static let summary = "a few operations out of fourteen, of one strength"
  private let count: Int
  /// 0...1
  private let strength: Double

  init(_ options: AugmentationOptions) {
    count = Int(options["operations"])
    strength = options["magnitude"] / 30
  }

  private enum Operation: CaseIterable {
    case identity, shearX, shearY, translateX, translateY, rotate, brightness, color, contrast
    case sharpness, posterize, solarize, autocontrast, equalize
  }

  func apply(to image: inout PixelImage, _ random: inout RandomStream) {
    for _ in 0..<count {
      let operation = Operation.allCases[random.below(Operation.allCases.count)]
      let signed = random.happens(0.5) ? strength : -strength
      apply(operation, signed, to: &image)
    }
  }

  private func apply(_ operation: Operation, _ signed: Double, to image: inout PixelImage) {
    let (width, height) = (Double(image.width), Double(image.height))
    switch operation {
    case .identity: break
    case .shearX: AffineWarp(x: (1, 0.3 * signed, 0), y: (0, 1, 0)).apply(to: &image)
    case .shearY: AffineWarp(x: (1, 0, 0), y: (0.3 * signed, 1, 0)).apply(to: &image)
    case .translateX:
      AffineWarp(x: (1, 0, 150 / 331 * width * signed), y: (0, 1, 0)).apply(to: &image)
    case .translateY:
      AffineWarp(x: (1, 0, 0), y: (0, 1, 150 / 331 * height * signed)).apply(to: &image)
    case .rotate: AffineWarp.rotation(degrees: 30 * signed).apply(to: &image)
    case .brightness: image.brighten(1 + 0.9 * signed)
    case .color: image.saturate(1 + 0.9 * signed)
    case .contrast: image.stretchContrast(1 + 0.9 * signed)
    case .sharpness: image.sharpen(1 + 0.9 * signed)
    case .posterize:
      let mask = UInt8(truncatingIfNeeded: 0xFF << Int((4 * strength).rounded()))
      image.map((0..<256).map { UInt8($0) & mask })
    case .solarize:
      let limit = 255 * (1 - strength)
      image.map { $0 >= limit ? 255 - $0 : $0 }
    case .autocontrast: image.stretchRange()
    case .equalize: image.equalize()
    }
  }
}

extension PixelImage {
  /// Away from, or towards, its smoothed self; the border stays as it is.
  fileprivate mutating func sharpen(_ factor: Double) {
    let source = bytes
    let (plane, width, height) = (plane, width, height)
    blend(
      over: { index in
        let (y, x) = (index % plane / width, index % width)
        guard y > 0, x > 0, y < height - 1, x < width - 1 else { return Double(source[index]) }
        var sum = 4 * Int(source[index])
        for dy in -1...1 {
          for dx in -1...1 { sum += Int(source[index + dy * width + dx]) }
        }
        return (Double(sum) / 13).rounded()
      }, share: factor)
  }

  /// Each channel's values spread over 0...255.
  fileprivate mutating func stretchRange() {
    eachPlane { plane in
      guard let low = plane.min(), let high = plane.max(), high > low else { return }
      let scale = 255 / Double(high - low)
      for index in plane.indices {
        plane[index] = Self.byte(Double(plane[index] - low) * scale)
      }
    }
  }

  /// Each channel's values spread so that all are about as frequent (Pillow's `ImageOps.equalize`).
  fileprivate mutating func equalize() {
    eachPlane { plane in
      var histogram = [Int](repeating: 0, count: 256)
      for value in plane { histogram[Int(value)] += 1 }
      let last = histogram.last { $0 > 0 } ?? 0
      let step = (plane.count - last) / 255
      guard step > 0 else { return }
      var sum = step / 2
      let table = histogram.map { count in
        defer { sum += count }
        return UInt8(min(255, sum / step))
      }
      for index in plane.indices { plane[index] = table[Int(plane[index])] }
    }
  }

  private mutating func eachPlane(_ change: (inout [UInt8]) -> Void) {
    for channel in 0..<channels {
      let range = (channel * plane)..<((channel + 1) * plane)
      var values = Array(bytes[range])
      change(&values)
      bytes.replaceSubrange(range, with: values)
    }
  }
}

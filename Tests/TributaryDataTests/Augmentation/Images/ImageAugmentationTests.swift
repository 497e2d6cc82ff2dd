import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct ImageAugmentationTests {
  /// A colour gradient: no two pixels alike along either axis.
  private let image = PixelImage(
    bytes: (0..<144).map { (index: Int) -> UInt8 in
      let (channel, y, x) = (index / 48, index % 48 / 6, index % 6)
      return UInt8(20 + 25 * y + 4 * x + 10 * channel)
    }, channels: 3, height: 8, width: 6)

  private func augmented(
    _ kind: String, _ settings: [String: PlanSetting] = [:], seed: UInt64 = 1,
    of image: PixelImage? = nil
  ) throws -> PixelImage {
    var result = image ?? self.image
    var random = RandomKey(seed: seed).generator
    try AugmentationRegistry.imageAugmentation(AugmentationPlan(kind: kind, settings: settings))
      .apply(to: &result, &random)
    return result
  }

  @Test func sameKeySameImageOtherKeyAnother() throws {
    for type in AugmentationRegistry.images {
      let once = try augmented(type.kind)
      #expect(try augmented(type.kind) == once, "\(type.kind)")
      let others = try (2..<20).map { try augmented(type.kind, seed: $0) }
      #expect(others.contains { $0 != once }, "\(type.kind)")
      #expect(once.bytes.count == image.bytes.count)
    }
  }

  @Test func flipReversesRows() throws {
    let flipped = try augmented("flip", ["probability": 1])
    for row in 0..<24 {
      let range = (row * 6)..<((row + 1) * 6)
      #expect(Array(flipped.bytes[range]) == image.bytes[range].reversed())
    }
    #expect(try augmented("flip", ["probability": 0]) == image)
  }

  /// Every crop is the image moved by whole pixels within the padding, black where nothing was; all moves occur.
  @Test func cropMovesTheImage() throws {
    var moves: Set<[Int]> = []
    for seed in 0..<200 {
      let crop = try augmented("crop", ["padding": 1], seed: UInt64(seed))
      let all: [[Int]] = (0..<9).map { [$0 / 3 - 1, $0 % 3 - 1] }
      let move = all.first { isMoved(crop, down: $0[0], right: $0[1]) }
      moves.insert(try #require(move))
    }
    #expect(moves.count == 9)
  }

  private func isMoved(_ crop: PixelImage, down: Int, right: Int) -> Bool {
    for index in 0..<144 {
      let (channel, y, x) = (index / 48, index % 48 / 6 + down, index % 6 + right)
      let isInside = (0..<8).contains(y) && (0..<6).contains(x)
      let expected: UInt8 = isInside ? image.bytes[channel * 48 + y * 6 + x] : 0
      if crop.bytes[index] != expected { return false }
    }
    return true
  }

  @Test func rotationByNothingAndAQuarter() throws {
    #expect(try augmented("rotation", ["degrees": 0]) == image)
    var square = PixelImage(
      bytes: (0..<25).map { UInt8(10 * $0) }, channels: 1, height: 5, width: 5)
    AffineWarp.rotation(degrees: 90).apply(to: &square)
    // Counter-clockwise: what was the right column is the top row.
    #expect(Array(square.bytes[0..<5]) == [40, 90, 140, 190, 240])
  }

  /// A resized crop of the whole image is the image; a smaller one holds a narrower range of the gradient.
  @Test func resizedCropLooksCloser() throws {
    #expect(try augmented("resized-crop", ["minimumArea": 1, "ratio": 1]) == image)
    let spread = { (image: PixelImage) in Int(image.bytes.max() ?? 0) - Int(image.bytes.min() ?? 0)
    }
    for seed in UInt64(0)..<20 {
      let crop = try augmented("resized-crop", ["minimumArea": 0.1, "ratio": 1], seed: seed)
      #expect(spread(crop) <= spread(image))
    }
  }

  @Test func jitterKeepsWhatItSays() throws {
    let none: [String: PlanSetting] = ["brightness": 0, "contrast": 0, "saturation": 0]
    #expect(try augmented("jitter", none) == image)
    var grey = image
    grey.saturate(0)
    for pixel in 0..<48 {
      #expect(
        grey.bytes[pixel] == grey.bytes[pixel + 48] && grey.bytes[pixel] == grey.bytes[pixel + 96])
    }
    var flat = image
    flat.stretchContrast(0)
    #expect(Set(flat.bytes).count == 1)
  }

  @Test func cutoutHidesASquareBehindTheMean() throws {
    let cut = try augmented("cutout", ["share": 0.5])
    let changed = (0..<48).filter { cut.bytes[$0] != image.bytes[$0] }
    #expect((1...9).contains(changed.count))
    #expect(Set(changed.map { cut.bytes[$0] }).count == 1)
  }

  @Test func noiseHasTheDeviationAskedFor() throws {
    let plain = PixelImage(
      bytes: [UInt8](repeating: 128, count: 10_000), channels: 1, height: 100, width: 100)
    let noisy = try augmented("noise", ["standardDeviation": 0.1], of: plain)
    let differences = noisy.bytes.map { Double($0) - 128 }
    let variance = differences.reduce(0) { $0 + $1 * $1 } / 10_000
    #expect(abs(variance.squareRoot() - 25.5) < 0.8)
  }

  @Test func randAugmentOfStrengthNothingMayOnlyChangeContrast() throws {
    // At magnitude 0 all but autocontrast and equalize leave the image; posterize keeps all bits.
    let results = try (0..<60).map {
      try augmented("rand-augment", ["operations": 1, "magnitude": 0], seed: $0)
    }
    let kept = results.count { $0 == image }
    #expect(kept > 40 && kept < 60)
  }
}

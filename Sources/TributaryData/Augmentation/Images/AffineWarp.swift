internal import Foundation

/// Takes every pixel from another place, by an affine map around the image's centre, bilinearly; beyond the border
/// stands the border's pixel.
///
/// Fixed-point numbers with 16 fractional bits, so that no later step rounds differently anywhere.
struct AffineWarp {
  /// From a place in the result, measured from the centre, to one in the source: x' = a x + b y + c, y' = d x + e y + f.
  private let matrix: (a: Int, b: Int, c: Int, d: Int, e: Int, f: Int)

  private static let one = 1 << 16

  /// - Parameters:
  ///   - x, y: the rows of the map; their last numbers are pixels.
  init(x: (Double, Double, Double), y: (Double, Double, Double)) {
    func fixed(_ value: Double) -> Int { Int((value * Double(Self.one)).rounded()) }
    matrix = (fixed(x.0), fixed(x.1), fixed(x.2), fixed(y.0), fixed(y.1), fixed(y.2))
  }

  /// - Parameter degrees: counter-clockwise.
  static func rotation(degrees: Double, scale: Double = 1) -> AffineWarp {
    let radians = degrees * .pi / 180
    let (cosine, sine) = (cos(radians) / scale, sin(radians) / scale)
    return AffineWarp(x: (cosine, -sine, 0), y: (sine, cosine, 0))
  }

  func apply(to image: inout PixelImage) {
    let (height, width) = (image.height, image.width)
    for channel in 0..<image.channels {
      let range = (channel * image.plane)..<((channel + 1) * image.plane)
      let source = Array(image.bytes[range])
      for y in 0..<height {
        for x in 0..<width {
          // Twice the distance from the centre, so that it is whole.
          let (dx, dy) = (2 * x - (width - 1), 2 * y - (height - 1))
          let column = (dx * matrix.a + dy * matrix.b + (width - 1) * Self.one) / 2 + matrix.c
          let row = (dx * matrix.d + dy * matrix.e + (height - 1) * Self.one) / 2 + matrix.f
          image.bytes[range.lowerBound + y * width + x] = Self.value(
            source, row: row, column: column, height: height, width: width)
        }
      }
    }
  }

  /// The bilinear value at a place in 1/65536 pixels.
  private static func value(
    _ source: [UInt8], row: Int, column: Int, height: Int, width: Int
  ) -> UInt8 {
    let row = max(0, min((height - 1) * one, row))
    let column = max(0, min((width - 1) * one, column))
    let (y, fy) = (row >> 16, row & (one - 1))
    let (x, fx) = (column >> 16, column & (one - 1))
    let (below, right) = (min(y + 1, height - 1), min(x + 1, width - 1))
    func line(_ y: Int) -> Int {
      Int(source[y * width + x]) * (one - fx) + Int(source[y * width + right]) * fx
    }
    let sum = line(y) * (one - fy) + line(below) * fy
    return UInt8((sum + (1 << 31)) >> 32)
  }
}

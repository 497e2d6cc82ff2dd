internal import Foundation

/// Turns a plane of bytes around its centre, bilinearly; beyond the border stands the border's pixel.
struct ImageRotation {
  private let height: Int
  private let width: Int
  /// Fixed-point numbers with 16 fractional bits, so that no later step rounds differently anywhere.
  private let cosine: Int
  private let sine: Int

  private static let one = 1 << 16

  /// - Parameter degrees: counter-clockwise.
  init(height: Int, width: Int, degrees: Double) {
    self.height = height
    self.width = width
    let radians = degrees * .pi / 180
    cosine = Int((cos(radians) * Double(Self.one)).rounded())
    sine = Int((sin(radians) * Double(Self.one)).rounded())
  }

  /// - Parameter plane: uint8 `[height, width]`
  func apply(to plane: UnsafeMutableRawBufferPointer) {
    let source = Array(plane)
    for y in 0..<height {
      for x in 0..<width {
        // Twice the distance from the centre, so that it is whole.
        let (dx, dy) = (2 * x - (width - 1), 2 * y - (height - 1))
        let column = (dx * cosine - dy * sine + (width - 1) * Self.one) / 2
        let row = (dx * sine + dy * cosine + (height - 1) * Self.one) / 2
        plane[y * width + x] = value(source, row: row, column: column)
      }
    }
  }

  /// The bilinear value at a place in 1/65536 pixels.
  private func value(_ source: [UInt8], row: Int, column: Int) -> UInt8 {
    let row = max(0, min((height - 1) * Self.one, row))
    let column = max(0, min((width - 1) * Self.one, column))
    let (y, fy) = (row >> 16, row & (Self.one - 1))
    let (x, fx) = (column >> 16, column & (Self.one - 1))
    let (below, right) = (min(y + 1, height - 1), min(x + 1, width - 1))
    func line(_ y: Int) -> Int {
      Int(source[y * width + x]) * (Self.one - fx) + Int(source[y * width + right]) * fx
    }
    let sum = line(y) * (Self.one - fy) + line(below) * fy
    return UInt8((sum + (1 << 31)) >> 32)
  }
}

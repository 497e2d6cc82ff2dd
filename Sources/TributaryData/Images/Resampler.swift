/// Resizes planes of bytes by antialiased bilinear interpolation, as Pillow does
/// (`Image.resize(size, BILINEAR)`, and with it torchvision's `Resize`), to the bit; but for some
/// shapes that get much lower and hardly narrower Pillow 13 takes columns first, and there the
/// rounding differs by one.
///
/// A triangle filter, widened by the scale when shrinking, is applied along rows and then along
/// columns. Weights are fixed-point numbers with 22 fractional bits; each pass rounds to bytes.
struct Resampler: Sendable {
  private let height: Int
  private let width: Int
  private let newHeight: Int
  private let newWidth: Int
  private let rows: [Taps]
  private let columns: [Taps]

  /// The input positions from `start` that make one output position, with their weights.
  private struct Taps: Sendable {
    var start: Int
    var weights: [Int32]
  }

  private static let fractionalBits = 22

  init(from size: (height: Int, width: Int), to newSize: (height: Int, width: Int)) {
    height = size.height
    width = size.width
    newHeight = newSize.height
    newWidth = newSize.width
    rows = Self.taps(from: size.height, to: newSize.height)
    columns = Self.taps(from: size.width, to: newSize.width)
  }

  /// - Parameters:
  ///   - source: uint8 `[height, width]`
  ///   - target: uint8 `[newHeight, newWidth]`
  func resize(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) {
    withUnsafeTemporaryAllocation(byteCount: height * newWidth, alignment: 1) { middle in
      if width == newWidth {
        middle.copyMemory(from: source)
      } else {
        for y in 0..<height {
          for x in 0..<newWidth {
            middle[y * newWidth + x] = Self.apply(columns[x], source, from: y * width, step: 1)
          }
        }
      }
      if height == newHeight {
        target.copyMemory(from: UnsafeRawBufferPointer(middle))
      } else {
        let middle = UnsafeRawBufferPointer(middle)
        for y in 0..<newHeight {
          for x in 0..<newWidth {
            target[y * newWidth + x] = Self.apply(rows[y], middle, from: x, step: newWidth)
          }
        }
      }
    }
  }

  private static func apply(
    _ taps: Taps, _ source: UnsafeRawBufferPointer, from origin: Int, step: Int
  ) -> UInt8 {
    var sum: Int32 = 1 << Int32(fractionalBits - 1)
    var position = origin + taps.start * step
    for weight in taps.weights {
      sum &+= Int32(source[position]) &* weight
      position += step
    }
    return UInt8(clamping: sum >> Int32(fractionalBits))
  }

  private static func taps(from size: Int, to newSize: Int) -> [Taps] {
    let scale = Double(size) / Double(newSize)
    let support = max(scale, 1)
    return (0..<newSize).map { index in
      let center = (Double(index) + 0.5) * scale
      let start = max(0, Int(center - support + 0.5))
      let end = min(size, Int(center + support + 0.5))
      var weights = (start..<end).map { position in
        max(0, 1 - abs((Double(position) - center + 0.5) / support))
      }
      let total = weights.reduce(0, +)
      if total != 0 { weights = weights.map { $0 / total } }
      return Taps(
        start: start,
        weights: weights.map { Int32(0.5 + $0 * Double(1 << fractionalBits)) })
    }
  }
}

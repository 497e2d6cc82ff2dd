internal import TributaryCore

/// Resizes planes of bytes as Pillow 13 does (`Image.resize`, and with it torchvision's `Resize`), to the bit.
///
/// A filter, widened by the scale when shrinking, is applied along rows and along columns. Weights are fixed-point
/// numbers with 22 fractional bits; each pass rounds to bytes.
struct Resampler: Sendable {
  private let height: Int
  private let width: Int
  private let newHeight: Int
  private let newWidth: Int
  private let rows: [Taps]
  private let columns: [Taps]
  /// Of two passes the one along columns comes first where that shrinks the image most.
  private let isVerticalFirst: Bool

  /// The input positions from `start` that make one output position, with their weights.
  private struct Taps: Sendable {
    var start: Int
    var weights: [Int32]
  }

  private static let fractionalBits = 22

  init(
    from size: (height: Int, width: Int), to newSize: (height: Int, width: Int),
    _ interpolation: ImageResize.Interpolation = .bilinear
  ) {
    height = size.height
    width = size.width
    newHeight = newSize.height
    newWidth = newSize.width
    rows = Self.taps(from: size.height, to: newSize.height, interpolation)
    columns = Self.taps(from: size.width, to: newSize.width, interpolation)
    let shrinking = size.height - newSize.height
    isVerticalFirst = shrinking > 0 && shrinking > 2 * (size.width - newSize.width)
  }

  /// - Parameters:
  ///   - source: uint8 `[height, width]`
  ///   - target: uint8 `[newHeight, newWidth]`
  func resize(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) {
    if height == newHeight { return resizeRows(source, count: height, into: target) }
    if width == newWidth { return resizeColumns(source, width: width, into: target) }
    let middleSize = isVerticalFirst ? newHeight * width : height * newWidth
    withUnsafeTemporaryAllocation(byteCount: middleSize, alignment: 1) { middle in
      if isVerticalFirst {
        resizeColumns(source, width: width, into: middle)
        resizeRows(UnsafeRawBufferPointer(middle), count: newHeight, into: target)
      } else {
        resizeRows(source, count: height, into: middle)
        resizeColumns(UnsafeRawBufferPointer(middle), width: newWidth, into: target)
      }
    }
  }

  /// `[count, width]` to `[count, newWidth]`.
  private func resizeRows(
    _ source: UnsafeRawBufferPointer, count: Int, into target: UnsafeMutableRawBufferPointer
  ) {
    if width == newWidth { return target.copyMemory(from: source) }
    for y in 0..<count {
      for x in 0..<newWidth {
        target[y * newWidth + x] = Self.apply(columns[x], source, from: y * width, step: 1)
      }
    }
  }

  /// `[height, width]` to `[newHeight, width]`.
  private func resizeColumns(
    _ source: UnsafeRawBufferPointer, width: Int, into target: UnsafeMutableRawBufferPointer
  ) {
    for y in 0..<newHeight {
      for x in 0..<width {
        target[y * width + x] = Self.apply(rows[y], source, from: x, step: width)
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

  private static func taps(
    from size: Int, to newSize: Int, _ interpolation: ImageResize.Interpolation
  ) -> [Taps] {
    let scale = Double(size) / Double(newSize)
    guard let filter = ResamplingFilter(interpolation) else {
      return nearest(from: size, to: newSize, scale: scale)
    }
    let filterScale = max(scale, 1)
    let support = filter.support * filterScale
    let inverse = 1 / filterScale
    return (0..<newSize).map { index in
      let center = (Double(index) + 0.5) * scale
      let start = max(0, Int(center - support + 0.5))
      let end = min(size, Int(center + support + 0.5))
      var weights = (start..<end).map { position in
        filter.weight((Double(position) - center + 0.5) * inverse)
      }
      let total = weights.reduce(0, +)
      if total != 0 { weights = weights.map { $0 / total } }
      return Taps(
        start: start,
        weights: weights.map {
          Int32(($0 < 0 ? -0.5 : 0.5) + $0 * Double(1 << fractionalBits))
        })
    }
  }

  /// The pixel under each output pixel's centre; the positions are summed up step by step, as Pillow does.
  private static func nearest(from size: Int, to newSize: Int, scale: Double) -> [Taps] {
    var center = scale * 0.5
    return (0..<newSize).map { _ in
      defer { center += scale }
      return Taps(start: min(Int(center), size - 1), weights: [1 << Int32(fractionalBits)])
    }
  }
}

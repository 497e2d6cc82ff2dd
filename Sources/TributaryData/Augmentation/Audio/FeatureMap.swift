internal import TributaryCore

/// The features of one recording, which an augmentation changes in place: `[rows, frames]`.
public struct FeatureMap: Equatable, Sendable {
  public var values: [Float]
  public let rows: Int
  public let frames: Int

  public init(values: [Float], rows: Int, frames: Int) {
    precondition(values.count == rows * frames, "a value a row and frame")
    self.values = values
    self.rows = rows
    self.frames = frames
  }

  var mean: Float {
    Float(values.reduce(0) { $0 + Double($1) } / Double(max(1, values.count)))
  }

  /// Puts `value` in the place of some rows' and frames' own.
  mutating func hide(rows: Range<Int>, frames: Range<Int>, with value: Float) {
    for row in rows {
      for frame in frames { values[row * self.frames + frame] = value }
    }
  }
}

extension RandomStream {
  /// So many of `count` neighbours, 0 to `width`, anywhere.
  mutating func stretch(upTo width: Int, of count: Int) -> Range<Int> {
    let length = below(min(width, count) + 1)
    let start = below(count - length + 1)
    return start..<start + length
  }
}

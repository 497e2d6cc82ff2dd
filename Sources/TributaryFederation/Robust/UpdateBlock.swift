/// Some neighbouring elements of one tensor as they are in every update of a round.
///
/// Row-major, `[clients, elements]`: `values[row * columns + column]`.
public struct UpdateBlock<Element: BitwiseCopyable & Sendable>: Sendable {
  public let rows: Int
  public internal(set) var columns: Int
  public var values: [Element]

  init(rows: Int, columns: Int, zero: Element) {
    self.rows = rows
    self.columns = columns
    values = [Element](repeating: zero, count: rows * columns)
  }

  /// The columns in pieces of `UpdateBlocks.tileWidth`, the last one perhaps shorter.
  public var tiles: [Range<Int>] {
    stride(from: 0, to: columns, by: UpdateBlocks.tileWidth).map { start in
      start..<min(start + UpdateBlocks.tileWidth, columns)
    }
  }

  /// The elements of `columns`, row by row, in place.
  @inline(__always)
  mutating func withRows<Result>(
    of columns: Range<Int>, _ body: (BlockRows<Element>) throws -> Result
  ) rethrows -> Result {
    let stride = self.columns
    return try values.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("a block has elements") }
      return try body(
        BlockRows(
          base: base + columns.lowerBound, stride: stride, count: rows, width: columns.count))
    }
  }
}

/// A few columns of a block: row `i` is `width` elements at `self[i]`.
struct BlockRows<Element> {
  let base: UnsafeMutablePointer<Element>
  let stride: Int
  let count: Int
  let width: Int

  subscript(row: Int) -> UnsafeMutablePointer<Element> { base + row * stride }
}

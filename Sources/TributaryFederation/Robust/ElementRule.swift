internal import TributaryCore

/// How the clients' values of one element become one: what is left of a robust rule once the updates
/// have been compared as a whole.
public protocol ElementRule: Sendable {
  /// Writes what becomes of each of `columns` to the same places of `result`.
  ///
  /// `columns` is a tile or a part of one. The block's values may be left in any order within a column.
  func combine(
    _ block: inout UpdateBlock<Float>, _ columns: Range<Int>, into result: inout [Float])
}

extension UpdateBlocks {
  /// One tensor of the aggregate, by `rule`.
  func combined(_ tensor: Int, by rule: any ElementRule) throws -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(stack.tensors[tensor].shape.elementCount)
    var part: [Float] = []
    try forEachBlock(of: tensor, zero: 0 as Float) { block in
      if part.count != block.columns { part = [Float](repeating: 0, count: block.columns) }
      for tile in block.tiles { rule.combine(&block, tile, into: &part) }
      values += part
    }
    return values
  }

  /// The median of every element of an integer tensor; between two, halves away from zero.
  func medians<Integer: FixedWidthInteger & BitwiseCopyable & Sendable>(
    _ tensor: Int, as _: Integer.Type
  ) throws -> [Integer] {
    var values: [Integer] = []
    try forEachBlock(of: tensor, zero: 0 as Integer) { block in
      for column in 0..<block.columns {
        let sorted = (0..<block.rows).map { block.values[$0 * block.columns + column] }.sorted()
        values.append(Self.median(ofSorted: sorted))
      }
    }
    return values
  }

  private static func median<Integer: FixedWidthInteger>(ofSorted values: [Integer]) -> Integer {
    let (low, high) = (values[(values.count - 1) / 2], values[values.count / 2])
    // Updates' integers are below 2^53 in magnitude, so the sum cannot overflow an Int64.
    let sum = Int64(low) + Int64(high)
    return Integer(truncatingIfNeeded: sum / 2 + sum % 2)
  }
}

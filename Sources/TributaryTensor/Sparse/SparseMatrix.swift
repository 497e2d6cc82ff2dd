public import TributaryCore

/// A constant matrix of few values in compressed sparse rows (CSR), with its transpose beside it, which gradients
/// need. float32; nobody asks for a gradient of its values.
public struct SparseMatrix: Sendable, Equatable {
  public let rows: Int
  public let columns: Int
  let forward: CompressedRows
  let backward: CompressedRows
  /// For each value of the transpose, where it stands in the matrix.
  private let order: [Int32]

  /// One value.
  public struct Entry: Sendable, Equatable {
    public var row: Int
    public var column: Int
    public var value: Float

    public init(row: Int, column: Int, value: Float) {
      self.row = row
      self.column = column
      self.value = value
    }
  }

  /// A matrix `[rows, columns]` with `entries`; those of one place are added up by every product.
  ///
  /// Within a row, values keep the order in which they come here: it is the order in which products add them.
  public init(rows: Int, columns: Int, entries: [Entry]) {
    require(
      rows <= Int(Int32.max) && columns <= Int(Int32.max) && entries.count <= Int(Int32.max),
      "SparseMatrix: [\(rows), \(columns)] with \(entries.count) values is too large")
    require(
      entries.allSatisfy { (0..<rows).contains($0.row) && (0..<columns).contains($0.column) },
      "SparseMatrix: a value outside [\(rows), \(columns)]")
    self.rows = rows
    self.columns = columns
    let (byRow, sorted) = CompressedRows.sorted(entries.map(\.row), among: rows)
    let ordered = sorted.map { entries[Int($0)] }
    forward = CompressedRows(
      offsets: byRow, indices: ordered.map { Int32($0.column) }, values: ordered.map(\.value))
    let (byColumn, transposed) = CompressedRows.sorted(ordered.map(\.column), among: columns)
    order = transposed
    backward = CompressedRows(
      offsets: byColumn, indices: transposed.map { Int32(ordered[Int($0)].row) },
      values: transposed.map { ordered[Int($0)].value })
  }

  private init(
    rows: Int, columns: Int, forward: CompressedRows, backward: CompressedRows, order: [Int32]
  ) {
    self.rows = rows
    self.columns = columns
    self.forward = forward
    self.backward = backward
    self.order = order
  }

  /// How many values there are.
  public var valueCount: Int { forward.values.count }

  /// `[columns, rows]`
  public var transposed: SparseMatrix {
    var inverse = order
    for (place, origin) in order.enumerated() { inverse[Int(origin)] = Int32(place) }
    return SparseMatrix(
      rows: columns, columns: rows, forward: backward, backward: forward, order: inverse)
  }

  /// Values fall to 0 with `probability`, the rest are scaled: dropout of the few that are not 0 anyway.
  public func dropped(probability: Float, key: RandomKey) -> SparseMatrix {
    require(
      probability >= 0 && probability < 1, "dropped: probability \(probability) outside 0..<1")
    guard probability > 0, valueCount > 0 else { return self }
    let mask = DropoutMask(probability, key, shape: [valueCount])
    let kept = forward.values.indices.map { index in
      mask.bytes[index] != 0 ? forward.values[index] * mask.scale : 0
    }
    withExtendedLifetime(mask) {}
    return SparseMatrix(
      rows: rows, columns: columns, forward: forward.with(values: kept),
      backward: backward.with(values: order.map { kept[Int($0)] }), order: order)
  }
}

/// The arrays of CSR.
struct CompressedRows: Sendable, Equatable {
  /// Where each row begins in `indices` and `values`, and the end.
  let offsets: [Int32]
  /// Columns.
  let indices: [Int32]
  let values: [Float]

  func with(values: [Float]) -> CompressedRows {
    CompressedRows(offsets: offsets, indices: indices, values: values)
  }

  /// Where each of `count` keys begins once `keys` are sorted, equal ones in their order, and that order.
  static func sorted(_ keys: [Int], among count: Int) -> (offsets: [Int32], order: [Int32]) {
    var offsets = [Int32](repeating: 0, count: count + 1)
    for key in keys { offsets[key + 1] += 1 }
    for index in 0..<count { offsets[index + 1] += offsets[index] }
    var next = offsets
    var order = [Int32](repeating: 0, count: keys.count)
    for (position, key) in keys.enumerated() {
      order[Int(next[key])] = Int32(position)
      next[key] += 1
    }
    return (offsets, order)
  }
}

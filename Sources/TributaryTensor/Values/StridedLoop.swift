/// Axes of some strided operands, merged where they can be walked as one.
struct StridedLoop {
  private(set) var dimensions: [Int]
  /// Of each operand, along each axis.
  private(set) var strides: [[Int]]

  var elementCount: Int { dimensions.reduce(1, *) }

  init(_ extents: [Int], _ operands: [[Int]]) {
    dimensions = []
    strides = operands.map { _ in [] }
    for axis in extents.indices where extents[axis] != 1 {
      let last = dimensions.count - 1
      let mergeable =
        last >= 0
        && operands.indices.allSatisfy {
          strides[$0][last] == operands[$0][axis] * extents[axis]
        }
      if mergeable {
        dimensions[last] *= extents[axis]
        for operand in operands.indices { strides[operand][last] = operands[operand][axis] }
      } else {
        dimensions.append(extents[axis])
        for operand in operands.indices { strides[operand].append(operands[operand][axis]) }
      }
    }
    if dimensions.isEmpty {
      dimensions = [1]
      for operand in operands.indices { strides[operand] = [1] }
    }
  }

  /// Calls `body` with the operands' offsets for each position of all but the last `count` axes.
  func forEachOuter(dropping count: Int, _ body: ([Int]) -> Void) {
    let outer = Swift.max(0, dimensions.count - count)
    var index = [Int](repeating: 0, count: outer)
    var offsets = [Int](repeating: 0, count: strides.count)
    while true {
      body(offsets)
      var axis = outer - 1
      while axis >= 0 {
        index[axis] += 1
        for operand in offsets.indices { offsets[operand] += strides[operand][axis] }
        if index[axis] < dimensions[axis] { break }
        for operand in offsets.indices {
          offsets[operand] -= strides[operand][axis] * dimensions[axis]
        }
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return }
    }
  }

  /// `forEachOuter(dropping: 1)`, spread over the calling thread's team.
  func forEachRow(_ grain: Int, _ body: ([Int]) -> Void) {
    let rows = dimensions.dropLast().reduce(1, *)
    let rowCount = Swift.max(1, dimensions.last ?? 1)
    parallel(rows, grain: Swift.max(1, grain / rowCount)) { range in
      var index = position(of: range.lowerBound)
      var offsets = strides.map { operand in
        index.indices.reduce(0) { $0 + index[$1] * operand[$1] }
      }
      for _ in range {
        body(offsets)
        advance(&index, &offsets)
      }
    }
  }

  private func position(of row: Int) -> [Int] {
    var rest = row
    var index = [Int](repeating: 0, count: dimensions.count - 1)
    for axis in index.indices.reversed() {
      index[axis] = rest % dimensions[axis]
      rest /= dimensions[axis]
    }
    return index
  }

  private func advance(_ index: inout [Int], _ offsets: inout [Int]) {
    for axis in index.indices.reversed() {
      index[axis] += 1
      for operand in offsets.indices { offsets[operand] += strides[operand][axis] }
      if index[axis] < dimensions[axis] { return }
      for operand in offsets.indices {
        offsets[operand] -= strides[operand][axis] * dimensions[axis]
      }
      index[axis] = 0
    }
  }
}

internal import TributaryCore

/// Reads a round's updates block by block, so that memory does not grow with clients times model.
///
/// A block has all clients and as many elements as fit in `byteLimit`, but at least a tile. Blocks begin
/// at whole tiles of a tensor: what is summed tile by tile does not depend on the size of blocks.
public struct UpdateBlocks: Sendable {
  /// Elements that are worked on together: few enough for the nearest cache.
  public static let tileWidth = 256
  public static let byteLimit = 4 << 20

  public let stack: any UpdateStack
  /// The numbers of the tensors that a rule is about: the trained ones, without buffers and counters.
  public let trained: [Int]
  private let byteLimit: Int

  public init(_ stack: any UpdateStack, buffers: Set<String>, byteLimit: Int = Self.byteLimit) {
    self.stack = stack
    self.byteLimit = byteLimit
    trained = stack.tensors.indices.filter { index in
      let tensor = stack.tensors[index]
      return tensor.dtype == .float32 && !buffers.contains(tensor.name)
    }
  }

  public var clientCount: Int { stack.clients.count }

  /// Calls `body` with every tile of every trained tensor, in the order of names and elements.
  func forEachTrainedTile(
    _ body: (inout UpdateBlock<Float>, _ columns: Range<Int>) throws -> Void
  ) throws {
    for tensor in trained {
      try forEachBlock(of: tensor, zero: 0 as Float) { block in
        for tile in block.tiles { try body(&block, tile) }
      }
    }
  }

  /// Calls `body` with the blocks of one tensor, in order; `zero` says the type of its elements.
  func forEachBlock<Element: BitwiseCopyable & Sendable>(
    of tensor: Int, zero: Element, _ body: (inout UpdateBlock<Element>) throws -> Void
  ) throws {
    let count = stack.tensors[tensor].shape.elementCount
    let width = min(count, columns(elementByteCount: MemoryLayout<Element>.stride))
    guard width > 0 else { return }
    var block = UpdateBlock(rows: clientCount, columns: width, zero: zero)
    for start in stride(from: 0, to: count, by: width) {
      block.columns = min(width, count - start)
      try fill(&block, of: tensor, from: start)
      try body(&block)
    }
  }

  private func columns(elementByteCount: Int) -> Int {
    let fitting = byteLimit / (elementByteCount * max(1, clientCount))
    return max(Self.tileWidth, fitting / Self.tileWidth * Self.tileWidth)
  }

  private func fill<Element>(
    _ block: inout UpdateBlock<Element>, of tensor: Int, from start: Int
  ) throws {
    let (rows, columns) = (block.rows, block.columns)
    try block.values.withUnsafeMutableBytes { bytes in
      let rowByteCount = columns * MemoryLayout<Element>.stride
      for row in 0..<rows {
        let target = UnsafeMutableRawBufferPointer(
          rebasing: bytes[(row * rowByteCount)..<((row + 1) * rowByteCount)])
        try stack.read(
          start..<(start + columns), ofTensor: tensor, ofClient: row, into: target)
      }
    }
  }
}

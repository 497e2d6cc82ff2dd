import Testing
import TributaryCore

@testable import TributaryFederation

@Suite struct UpdateBlocksTests {
  private func rows(_ clients: Int, _ count: Int) -> [[Float]] {
    (0..<clients).map { client in (0..<count).map { Float(client * count + $0) } }
  }

  @Test(arguments: [1, 4096, 8192, 20_000, 1 << 20])
  func blocksAreTheTensorInOrder(byteLimit: Int) throws {
    let rows = rows(5, 1000)
    let blocks = UpdateBlocks(MemoryUpdateStack(rows), buffers: [], byteLimit: byteLimit)
    var found = [[Float]](repeating: [], count: 5)
    try blocks.forEachBlock(of: 0, zero: 0 as Float) { block in
      for row in 0..<5 {
        found[row] += block.values[(row * block.columns)..<((row + 1) * block.columns)]
      }
      #expect(block.tiles.reduce(0) { $0 + $1.count } == block.columns)
    }
    #expect(found == rows)
  }

  @Test(arguments: [2, 10, 40])
  func aBlockNeverHoldsMoreThanItsBound(clients: Int) throws {
    let (limit, count) = (64 << 10, 50_000)
    let stack = MemoryUpdateStack(rows(clients, count))
    _ = try CoordinateMedian(options: try StrategyOptions([:], for: "median", understood: []))
      .aggregate(stack, buffers: [], byteLimit: limit)
    let largest = try #require(stack.readByteCounts.max())
    // All clients' reads of one block are held at once.
    #expect(largest * clients <= limit)
    // And every byte is read once: the bound does not grow with the clients, the number of reads does.
    #expect(stack.readByteCounts.reduce(0, +) == clients * count * 4)
  }

  @Test func aTileIsTheLeast() throws {
    let stack = MemoryUpdateStack(rows(64, 1000))
    let blocks = UpdateBlocks(stack, buffers: [], byteLimit: 1)
    try blocks.forEachTrainedTile { _, _ in }
    #expect(stack.readByteCounts.max() == UpdateBlocks.tileWidth * 4)
  }

  @Test func buffersAndCountersAreNotTrained() {
    let tree: ParameterTree<HostTensor> = [
      "a": HostTensor([1], shape: [1]), "b": HostTensor([1], shape: [1]),
      "c": Fixture.counter(3), "d": HostTensor([1], shape: [1]),
    ]
    let blocks = UpdateBlocks(
      MemoryUpdateStack([(ClientID(index: 0), tree)]), buffers: ["b"])
    #expect(blocks.trained == [0, 3])
  }
}

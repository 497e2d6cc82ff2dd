import Testing
import TributaryCore

@testable import TributaryData

@Suite struct BatchOrderTests {
  @Test func keepsTheLastShortBatch() {
    #expect(Array(BatchOrder(inOrderOf: 5, batchSize: 2)) == [[0, 1], [2, 3], [4]])
    #expect(Array(BatchOrder(inOrderOf: 4, batchSize: 2)) == [[0, 1], [2, 3]])
    #expect(Array(BatchOrder(inOrderOf: 2, batchSize: 10)) == [[0, 1]])
    #expect(BatchOrder(inOrderOf: 0, batchSize: 3).isEmpty)
  }

  @Test func anEpochHasEachExampleOnceInAnOrderOfItsKey() {
    let key = RandomKey(seed: 3).at("epoch")
    let first = BatchOrder(count: 1000, batchSize: 64, key: key.at(0))
    let second = BatchOrder(count: 1000, batchSize: 64, key: key.at(1))
    #expect(first.flatMap { $0 }.sorted() == Array(0..<1000))
    #expect(first.map(\.count) == [Int](repeating: 64, count: 15) + [40])
    #expect(first.order != second.order)
    #expect(first.order == BatchOrder(count: 1000, batchSize: 10, key: key.at(0)).order)
  }
}

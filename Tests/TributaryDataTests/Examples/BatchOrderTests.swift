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

  @Test func groupsExamplesOfLikeLength() {
    var generator = RandomKey(seed: 4).generator
    let lengths = (0..<3003).map { _ in 5 + Int(generator.below(60)) }
    func padding(_ order: BatchOrder) -> Int {
      order.reduce(0) { sum, batch in
        let longest = batch.map { lengths[$0] }.max() ?? 0
        return sum + batch.reduce(0) { $0 + longest - lengths[$1] }
      }
    }
    let key = RandomKey(seed: 5)
    let grouped = BatchOrder(lengths: lengths, batchSize: 10, key: key)
    #expect(grouped.order.sorted() == Array(0..<3003))
    #expect(grouped.map(\.count) == [Int](repeating: 10, count: 300) + [3])
    #expect(
      padding(grouped) * 10 < padding(BatchOrder(count: 3003, batchSize: 10, key: key)))
    // Long batches and short ones come mixed.
    let means = grouped.prefix(100).map { $0.reduce(0) { $0 + lengths[$1] } / $0.count }
    #expect(means != means.sorted() && means != means.sorted(by: >))
    #expect(grouped.order == BatchOrder(lengths: lengths, batchSize: 10, key: key).order)
    #expect(
      grouped.order != BatchOrder(lengths: lengths, batchSize: 10, key: key.at("other")).order)
    #expect(BatchOrder(lengths: [], batchSize: 3, key: key).isEmpty)
  }
}

import Testing
import TributaryCore

@testable import TributaryTransfer

@Suite struct EpochBatchesTests {
  private func examples(_ count: Int) -> TrainingExamples {
    TrainingExamples(
      ExampleSource(tokens: [[Int32]](repeating: [1], count: count), labels: nil))
  }

  private func pairs(_ source: Int, _ target: Int?) -> [EpochBatches.Pair] {
    Array(
      EpochBatches(
        examples(source), target: target.map(examples), batchSize: 4, grouped: false,
        key: RandomKey(seed: 3)))
  }

  @Test func withoutATargetAnEpochIsOnePass() {
    let batches = pairs(10, nil)
    #expect(batches.map(\.source.count) == [4, 4, 2])
    #expect(batches.allSatisfy { $0.target.isEmpty })
    #expect(batches.flatMap(\.source).sorted() == Array(0..<10))
  }

  /// The longer domain is passed once; the shorter begins again in another order.
  @Test func theShorterOfTheTwoBeginsAgain() {
    let batches = pairs(6, 17)
    #expect(batches.count == 5)
    #expect(batches.flatMap(\.target).sorted() == Array(0..<17))
    let source = batches.flatMap(\.source)
    #expect(source[..<6].sorted() == Array(0..<6) && source[6..<12].sorted() == Array(0..<6))
    #expect(Array(source[..<6]) != Array(source[6..<12]))
    let alone = pairs(6, nil)
    #expect(Array(batches.flatMap(\.source)[..<6]) == alone.flatMap(\.source))
  }

  @Test func aClientMayHaveTheTargetAlone() {
    let batches = pairs(0, 5)
    #expect(batches.map(\.target.count) == [4, 1])
    #expect(batches.allSatisfy { $0.source.isEmpty })
  }

  @Test func partsTogetherAreTheBatch() {
    let pair = EpochBatches.Pair(source: [3, 1, 2], target: [7, 5, 6, 8])
    let parts = (0..<3).map { pair.part($0, of: 3) }
    #expect(parts.flatMap(\.source) == pair.source && parts.flatMap(\.target) == pair.target)
  }
}

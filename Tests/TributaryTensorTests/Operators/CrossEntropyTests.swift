import Testing
import TributaryCore

@testable import TributaryTensor

struct CrossEntropyTests {
  private let logits = Tensor(
    [1, 3, 2, 5, 5, 0, 0, 0, 9] as [Float], shape: [3, 3])

  @Test func rowsWithoutALabelDoNotCount() {
    let some = softmaxCrossEntropy(logits, labels: Tensor([1, -100, 2] as [Int32], shape: [3]))
    let two = Tensor.concatenated(
      [logits.sliced(axis: 0, 0..<1), logits.sliced(axis: 0, 2..<3)], axis: 0)
    let expected = softmaxCrossEntropy(two, labels: Tensor([1, 2] as [Int32], shape: [2]))
    #expect(some.item == expected.item)
    let x = logits.variable()
    let none = softmaxCrossEntropy(x, labels: Tensor([-100, -100, -100] as [Int32], shape: [3]))
    #expect(none.item == 0)
    #expect(gradient(of: none, at: [x])[0].floats() == [Float](repeating: 0, count: 9))
  }

  @Test func theFirstOfEqualsIsTheHit() {
    func hits(_ labels: [Int32]) -> [Int] {
      let found = classificationHits(logits, labels: Tensor(labels, shape: [3]))
      return [found.correct, found.counted]
    }
    #expect(hits([1, 0, 2]) == [3, 3])
    #expect(hits([0, 1, 2]) == [1, 3])
    #expect(hits([-100, 0, -100]) == [1, 1])
    let lost = Tensor([Float.nan, 1, 2], shape: [1, 3])
    #expect(classificationHits(lost, labels: Tensor([0] as [Int32], shape: [1])).correct == 0)
  }
}

import Foundation
import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryTensor
import TributaryTransfer

@Suite struct EvaluationTests {
  /// The loss and the counts must not depend on how examples are batched, and must be those of
  /// the probabilities that `classify` reports.
  @Test(arguments: [1, 7, 64])
  func figuresFollowFromTheProbabilities(batchSize: Int) throws {
    let data = try TransferFixture.dataset(count: 33)
    let prepared = try PreparedRun(TransferFixture.plan(), example: data)
    let source = try ExampleSource(data, for: prepared.loaded, maximumTokens: 8)
    let inference = try Inference(model: prepared.loaded.model, tensors: prepared.loaded.tensors)
    let evaluation = try inference.evaluate(source, batchSize: batchSize)
    let results = try inference.classify(source, batchSize: 5)
    let labels = try #require(data.labels)
    #expect(results.count == 33 && evaluation.confusion.total == 33)
    var loss = 0.0
    var correct = 0
    for (result, label) in zip(results, labels) {
      #expect(abs(result.probabilities.reduce(0, +) - 1) < 1e-5)
      #expect(result.probabilities[result.label] == result.probabilities.max())
      loss -= log(Double(result.probabilities[label]))
      correct += result.label == label ? 1 : 0
    }
    #expect(abs(evaluation.loss - loss / 33) < 1e-4)
    #expect(evaluation.confusion.correct == correct)
  }

  @Test func rowsScaleToLengthOne() throws {
    let data = try TransferFixture.dataset(count: 9)
    let prepared = try PreparedRun(TransferFixture.plan(), example: data)
    let source = try ExampleSource(data, for: prepared.loaded, maximumTokens: 8)
    let inference = try Inference(model: prepared.loaded.model, tensors: prepared.loaded.tensors)
    let features = try inference.features(of: source, batchSize: 4)
    #expect(features.shape == [9, prepared.loaded.model.featureCount])
    let rows = features.withRowsOfLengthOne.floats()
    let width = prepared.loaded.model.featureCount
    for row in 0..<9 {
      let length = rows[row * width..<(row + 1) * width].reduce(0) { $0 + $1 * $1 }
      #expect(abs(length - 1) < 1e-4)
    }
  }
}

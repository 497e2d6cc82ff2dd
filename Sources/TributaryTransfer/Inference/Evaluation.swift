internal import Foundation
internal import TributaryModels
internal import TributaryTensor

/// A classifier measured on labelled examples.
public struct Evaluation: Sendable, Equatable {
  /// Mean cross-entropy in nats.
  public var loss: Double
  public var confusion: ConfusionMatrix

  public var accuracy: Double { confusion.accuracy }
  public var metrics: [String: Double] {
    ["accuracy": accuracy, "loss": loss, "macroF1": confusion.macroF1]
  }
}

extension Inference {
  /// Measures the model on `source`, whose labels must lie in `0..<classes`.
  public func evaluate(_ source: ExampleSource, classes: Int, batchSize: Int) throws -> Evaluation {
    guard let labels = source.labels else {
      preconditionFailure("only labelled examples can be evaluated")
    }
    var loss = 0.0
    var confusion = ConfusionMatrix(classes: classes)
    for batch in source.inferenceBatches(of: batchSize) {
      let logits = try logits(source.input(batch)).floats()
      for (row, example) in batch.enumerated() {
        let scores = logits[row * classes..<(row + 1) * classes]
        let label = Int(labels[example])
        let largest = scores.max() ?? 0
        let sum = scores.reduce(0.0) { $0 + exp(Double($1 - largest)) }
        loss += log(sum) - Double(scores[scores.startIndex + label] - largest)
        let prediction = scores.firstIndex(of: largest) ?? scores.startIndex
        confusion.add(label: label, prediction: prediction - scores.startIndex)
      }
    }
    return Evaluation(loss: loss / Double(max(1, source.count)), confusion: confusion)
  }
}

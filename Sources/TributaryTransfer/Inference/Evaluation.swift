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
    let partial = try map(source.inferenceBatches(of: batchSize)) { batch in
      let logits = try logits(source.input(batch)).floats()
      var tally = Tally(classes: classes)
      for (row, example) in batch.enumerated() {
        tally.add(logits[row * classes..<(row + 1) * classes], label: Int(labels[example]))
      }
      return tally
    }
    let loss = partial.reduce(0) { $0 + $1.loss }
    let confusion = partial.reduce(into: ConfusionMatrix(classes: classes)) {
      $0.add($1.confusion)
    }
    return Evaluation(loss: loss / Double(max(1, source.count)), confusion: confusion)
  }
}

/// Loss and hits of one batch.
private struct Tally: Sendable {
  var loss = 0.0
  var confusion: ConfusionMatrix

  init(classes: Int) { confusion = ConfusionMatrix(classes: classes) }

  mutating func add(_ scores: ArraySlice<Float>, label: Int) {
    let largest = scores.max() ?? 0
    let sum = scores.reduce(0.0) { $0 + exp(Double($1 - largest)) }
    loss += log(sum) - Double(scores[scores.startIndex + label] - largest)
    let prediction = scores.firstIndex(of: largest) ?? scores.startIndex
    confusion.add(label: label, prediction: prediction - scores.startIndex)
  }
}

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
  /// Measures the model on `source`, whose labels must lie in `0..<classes`; a language model at every
  /// position of its texts.
  public func evaluate(_ source: ExampleSource, classes: Int, batchSize: Int) throws -> Evaluation {
    let partial = try map(source.inferenceBatches(of: batchSize)) { batch in
      let (input, labels) = source.batch(batch)
      let logits = try rowLogits(input).floats()
      return labels.ints().enumerated().compactMap { row, label in
        label == ignoredLabel
          ? nil : Hit(logits[row * classes..<(row + 1) * classes], label: Int(label))
      }
    }
    // Summed batch by batch in their order: the same bits on any number of threads.
    let loss = partial.reduce(0) { $0 + $1.reduce(0) { $0 + $1.loss } }
    var confusion = ConfusionMatrix(classes: classes)
    for hit in partial.joined() { confusion.add(label: hit.label, prediction: hit.prediction) }
    let rows = partial.reduce(0) { $0 + $1.count }
    return Evaluation(loss: loss / Double(max(1, rows)), confusion: confusion)
  }
}

/// What became of one example.
private struct Hit: Sendable {
  let loss: Double
  let label: Int
  let prediction: Int

  init(_ scores: ArraySlice<Float>, label: Int) {
    let largest = scores.max() ?? 0
    let sum = scores.reduce(0.0) { $0 + exp(Double($1 - largest)) }
    loss = log(sum) - Double(scores[scores.startIndex + label] - largest)
    self.label = label
    prediction = (scores.firstIndex(of: largest) ?? scores.startIndex) - scores.startIndex
  }
}

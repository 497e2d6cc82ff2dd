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
  /// Measures the model on `source`, whose labels must be classes of the model; a language model at every position
  /// of its texts.
  public func evaluate(_ source: ExampleSource, batchSize: Int) throws -> Evaluation {
    try evaluate(TrainingExamples(source), batchSize: batchSize)
  }

  func evaluate(_ examples: TrainingExamples, batchSize: Int) throws -> Evaluation {
    let classes = model.configuration.classes
    let batches = examples.source.inferenceBatches(of: batchSize, among: examples.indices)
    let partial = try map(batches) { batch in
      let (scores, labels) = try scores(examples, at: batch)
      let logits = scores.floats()
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

internal import Foundation
internal import TributaryModels
internal import TributaryTensor

/// A classifier measured on labelled examples.
public struct Evaluation: Sendable, Equatable {
  /// Mean cross-entropy in nats.
  public var loss: Double
  public var confusion: ConfusionMatrix
  /// The share of rows whose class is among the five that are deemed most likely.
  public var topFiveAccuracy: Double
  /// The expected calibration error, in fifteen bins.
  public var calibrationError: Double
  /// The area under the receiver operating characteristic; nil where it was not asked for, or a class is missing.
  public var rankingArea: Double?

  /// The numbers of classes of the model's heads, where it has several: each example was judged by its task's.
  public var heads: [Int]?

  public var accuracy: Double { confusion.accuracy }
  /// `accuracy`, `loss`, `macroF1`; of several heads also `accuracyHead1` and so on, of those that have examples.
  public var metrics: [String: Double] {
    var metrics = ["accuracy": accuracy, "loss": loss, "macroF1": confusion.macroF1]
    for (head, range) in TaskHeads(heads ?? []).ranges.enumerated() {
      let count = range.reduce(0) { $0 + confusion.support(of: $1) }
      let correct = range.reduce(0) { $0 + confusion.counts[$1][$1] }
      if count > 0 { metrics["accuracyHead\(head + 1)"] = Double(correct) / Double(count) }
    }
    return metrics
  }
}

extension Inference {
  /// Measures the model on `source`, whose labels must be classes of the model; a language model at every position
  /// of its texts.
  ///
  /// - Parameter ranking: whether the area under the receiver operating characteristic is wanted, for which all
  ///   probabilities are kept.
  public func evaluate(
    _ source: ExampleSource, batchSize: Int, ranking: Bool = false
  ) throws -> Evaluation {
    try evaluate(TrainingExamples(source), batchSize: batchSize, ranking: ranking)
  }

  func evaluate(
    _ examples: TrainingExamples, batchSize: Int, ranking: Bool = false
  ) throws -> Evaluation {
    let classes = model.configuration.classes
    let batches = examples.source.inferenceBatches(of: batchSize, among: examples.indices)
    let partial = try map(batches) { batch in
      let (scores, labels) = try scores(examples, at: batch)
      let logits = scores.floats()
      return labels.ints().enumerated().compactMap { row, label in
        label == ignoredLabel
          ? nil
          : Hit(
            logits[row * classes..<(row + 1) * classes], label: Int(label),
            keepsProbabilities: ranking)
      }
    }
    var evaluation = Evaluation(partial, classes: classes)
    evaluation.heads = model.configuration.heads
    return evaluation
  }
}

extension Evaluation {
  fileprivate init(_ batches: [[Hit]], classes: Int) {
    // Summed batch by batch in their order: the same bits on any number of threads.
    let loss = batches.reduce(0) { $0 + $1.reduce(0) { $0 + $1.loss } }
    confusion = ConfusionMatrix(classes: classes)
    var calibration = CalibrationError()
    var inTopFive = 0
    for hit in batches.joined() {
      confusion.add(label: hit.label, prediction: hit.prediction)
      calibration.add(confidence: hit.confidence, isCorrect: hit.label == hit.prediction)
      if hit.rank < 5 { inTopFive += 1 }
    }
    let rows = batches.reduce(0) { $0 + $1.count }
    self.loss = loss / Double(max(1, rows))
    topFiveAccuracy = Double(inTopFive) / Double(max(1, rows))
    calibrationError = calibration.value
    let hits = Array(batches.joined())
    rankingArea =
      hits.contains { $0.probabilities.isEmpty }
      ? nil
      : RankingArea.area(
        probabilities: hits.map(\.probabilities), labels: hits.map(\.label), classes: classes)
  }
}

/// What became of one example.
private struct Hit: Sendable {
  let loss: Double
  let label: Int
  let prediction: Int
  /// How many classes are deemed more likely than the right one.
  let rank: Int
  /// The probability of the prediction.
  let confidence: Double
  let probabilities: [Float]

  init(_ scores: ArraySlice<Float>, label: Int, keepsProbabilities: Bool) {
    let largest = scores.max() ?? 0
    let sum = scores.reduce(0.0) { $0 + exp(Double($1 - largest)) }
    let own = scores[scores.startIndex + label]
    loss = log(sum) - Double(own - largest)
    self.label = label
    prediction = (scores.firstIndex(of: largest) ?? scores.startIndex) - scores.startIndex
    rank = scores.count { $0 > own }
    confidence = 1 / sum
    probabilities =
      keepsProbabilities ? scores.map { Float(exp(Double($0 - largest)) / sum) } : []
  }
}

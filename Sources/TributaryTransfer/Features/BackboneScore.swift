internal import Foundation
public import TributaryCore
public import TributaryData
internal import TributaryFeatures
public import TributaryModels
internal import TributaryPlan
internal import TributaryTensor

/// How well a backbone's features suit a target's labels, before anything is trained. Higher is better.
///
/// Every figure comes from sums that clients can add up (`FeatureStatistics`, joint counts, hits), so a federation
/// finds the figures of the pooled examples without moving one.
public struct BackboneScore: Sendable, Equatable {
  public var architecture: String
  /// The width of its features.
  public var features: Int
  public var logME: Double
  public var hScore: Double
  /// nil where the checkpoint has no classifier.
  public var leep: Double?
  /// The accuracy of a ridge head on examples held out.
  public var probeAccuracy: Double

  /// What the figures are taken of.
  public struct Question: Sendable {
    public var dataset: Dataset
    /// Whose the examples are.
    public var clients: [(client: ClientID, indices: [Int])]
    public var classes: Int
    /// The share of every client's examples that the probe is measured on.
    public var validation: Double
    /// The probe's L2 penalty.
    public var l2: Double
    public var maximumTokens: Int

    public init(
      dataset: Dataset, clients: [(client: ClientID, indices: [Int])], classes: Int,
      validation: Double = 0.2, l2: Double = 1, maximumTokens: Int = 128
    ) {
      self.dataset = dataset
      self.clients = clients
      self.classes = classes
      self.validation = validation
      self.l2 = l2
      self.maximumTokens = maximumTokens
    }
  }

  /// - Throws: `data.kind` where the model takes other examples, `features.width`, `linearAlgebra.*`.
  public init(
    of loaded: LoadedModel, for question: Question,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    let model = loaded.model
    try FeatureStatistics.requireWidth(model.featureCount)
    let inference = try Inference(
      model: model, tensors: loaded.tensors, isCancelled: isCancelled)
    let source = try ExampleSource(
      question.dataset, for: loaded, maximumTokens: question.maximumTokens)
    let hasClassifier = model.headTensorNames.isDisjoint(with: loaded.freshTensors)
    let clients = try question.clients.map { client, indices in
      try ScoredClient(
        Holdout(share: question.validation, client: client).split(indices), source: source,
        inference: inference, classes: question.classes, hasClassifier: hasClassifier)
    }
    let empty = FeatureStatistics(classes: question.classes, width: model.featureCount)
    let training = clients.reduce(empty) { $0 + $1.training }
    let all = clients.reduce(training) { $0 + $1.validation }
    let probe = try ClosedFormHead.solve(training, HeadPlan(kind: .ridge, l2: question.l2))
    architecture = model.architecture
    features = model.featureCount
    logME = try LogME.score(all)
    hScore = try HScore.score(all)
    let measured = clients.reduce(0) { $0 + $1.measuredCount }
    probeAccuracy =
      Double(clients.reduce(0) { $0 + $1.hits(of: probe) }) / Double(max(1, measured))
    leep = clients.first?.jointCounts.map { first in
      let joint = clients.dropFirst().reduce(first) { sum, client in
        client.jointCounts.map { sum + $0 } ?? sum
      }
      return clients.reduce(0) { $0 + $1.logLikelihood(joint) } / all.count
    }
  }
}

/// One client's side: its features stay here, and sums leave.
private struct ScoredClient {
  let training: FeatureStatistics
  let validation: FeatureStatistics
  /// Nil where there is no source classifier.
  let jointCounts: Matrix?
  private let heldOut: (features: Matrix, labels: [Int])
  private let probabilities: Matrix?
  private let labels: [Int]

  init(
    _ parts: (training: [Int], heldOut: [Int]), source: ExampleSource, inference: Inference,
    classes: Int, hasClassifier: Bool
  ) throws {
    func examples(_ indices: [Int]) throws -> TrainingExamples {
      let examples = TrainingExamples(source, indices: indices)
      guard !indices.isEmpty else { return examples }
      return examples.with(features: try inference.features(of: examples, batchSize: 32))
    }
    func statistics(_ examples: TrainingExamples) throws -> FeatureStatistics {
      examples.count == 0
        ? FeatureStatistics(classes: classes, width: inference.model.featureCount)
        : try examples.statistics(classes: classes)
    }
    func labels(_ examples: TrainingExamples) -> [Int] {
      guard let all = source.labels else { return [] }
      return examples.indices.map { Int(all[$0]) }
    }
    let (training, heldOut) = (try examples(parts.training), try examples(parts.heldOut))
    self.training = try statistics(training)
    validation = try statistics(heldOut)
    self.heldOut = (
      heldOut.features.map { Matrix($0) }
        ?? Matrix(rows: 0, columns: inference.model.featureCount), labels(heldOut)
    )
    self.labels = labels(training) + labels(heldOut)
    probabilities =
      hasClassifier
      ? try [training, heldOut].filter { $0.count > 0 }.map { try inference.probabilities($0) }
        .reduce(nil) { (sum: Matrix?, next: Matrix) in sum?.stacked(on: next) ?? next } : nil
    jointCounts = probabilities.map { [labels = self.labels] in
      LEEP.jointCounts(probabilities: $0, labels: labels, classes: classes)
    }
  }

  var measuredCount: Int { heldOut.labels.count }

  func hits(of head: LinearHead) -> Int {
    zip(head.predictions(heldOut.features), heldOut.labels).count { $0 == $1 }
  }

  func logLikelihood(_ joint: Matrix) -> Double {
    probabilities.map {
      LEEP.logLikelihood(probabilities: $0, labels: labels, jointCounts: joint)
    } ?? 0
  }
}

extension Inference {
  /// The softmax of the logits of examples whose features are known, `[count, classes]`.
  fileprivate func probabilities(_ examples: TrainingExamples) throws -> Matrix {
    let (logits, _) = try scores(examples, at: Array(0..<examples.count))
    var result = Matrix(logits)
    for row in 0..<result.rows {
      let largest = result.row(row).max() ?? 0
      let powers = result.row(row).map { exp($0 - largest) }
      let sum = powers.reduce(0, +)
      for (column, power) in powers.enumerated() { result[row, column] = power / sum }
    }
    return result
  }
}

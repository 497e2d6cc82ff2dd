internal import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryTensor

/// Importance weighting by a classifier of domains (Shimodaira 2000; Bickel, Brückner & Scheffer 2009, "Discriminative
/// learning under covariate shift"): labelled examples count by how much they look like the target's.
///
///     task loss = 1/n Σ w_i CE_i        w ∝ p(target | features) / p(source | features), of mean 1 in a batch
///
/// The discriminator reads the backbone's features and does not move them. With `keep` below 1 only the examples of a
/// batch that look most like the target's count at all: instance selection.
struct InstanceWeighting: TrainingObjective {
  static let kind = "instance-weighting"
  static let summary =
    "labelled examples count by p(target)/p(source) of a discriminator of domains (Bickel et al. 2009)"
  static let options = [
    ObjectiveOption(
      "maximum", .number(default: 10, 1...1e6), "no example counts more, before the mean is 1"),
    ObjectiveOption(
      "keep", .number(default: 1, 0.01...1), "share of a batch that counts: the most target-like"),
    DomainDiscriminator.option,
  ]

  private let maximum: Float
  private let keep: Double
  private let discriminator: DomainDiscriminator

  init(_ settings: ObjectiveSettings) {
    maximum = settings.number("maximum")
    keep = Double(settings.number("keep"))
    discriminator = DomainDiscriminator(settings)
  }

  var needs: ObjectiveNeeds { [.batches, .target] }

  func tensors(of model: any Model) -> [TensorSpec] { discriminator.tensors(of: model) }

  func add(to terms: inout LocalTerms, _ training: ObjectiveTraining) throws {
    func tensor(_ batch: ObjectiveBatch) -> (String) throws -> Tensor {
      { try batch.parameters(training.own($0)) }
    }
    terms.exampleWeights = { [self] batch in
      guard let source = batch.source else { return nil }
      return try weights(source.features, tensor(batch))
    }
    terms.losses.append { batch in
      try DomainDiscriminator.loss(of: batch, reading: \.detached, tensor(batch))
    }
  }

  /// Of each row of features `[examples, featureCount]`.
  func weights(
    _ features: Tensor, _ tensor: (String) throws -> Tensor
  ) throws -> [Float] {
    let odds = try withoutGradient {
      let scores = try DomainDiscriminator.scores(features.detached, tensor)
      return (scores.sliced(axis: 1, 1..<2) - scores.sliced(axis: 1, 0..<1)).exp().floats()
    }
    var weights = odds.map { min($0, maximum) }
    let count = max(1, Int((keep * Double(weights.count)).rounded()))
    if count < weights.count {
      let order = weights.indices.sorted { (weights[$0], $1) > (weights[$1], $0) }
      for row in order[count...] { weights[row] = 0 }
    }
    let mean = weights.reduce(0, +) / Float(max(1, weights.count))
    return mean > 0 ? weights.map { $0 / mean } : weights.map { _ in 1 }
  }
}

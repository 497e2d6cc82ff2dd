internal import Foundation
internal import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryTensor

/// Domain-adversarial training (Ganin et al. 2016, "Domain-adversarial training of neural networks"): a discriminator
/// learns to tell the domains apart by their features, and the backbone, whose gradient is reversed, to make that
/// impossible.
///
///     CE(D(R_λ(features)), domain)        λ = weight · (2 / (1 + e^(−gamma · p)) − 1), p the training's progress
struct DANN: TrainingObjective {
  static let kind = "dann"
  static let summary =
    "a discriminator of domains behind a gradient reversal of 2/(1+exp(-gamma p))-1 (Ganin et al. 2016)"
  static let options = [
    ObjectiveOption.weight(default: 1),
    ObjectiveOption("gamma", .number(default: 10, 0...1000), "how fast the reversal sets in"),
    DomainDiscriminator.option,
  ]

  private let weight: Float
  private let gamma: Double
  private let discriminator: DomainDiscriminator

  init(_ settings: ObjectiveSettings) {
    weight = settings.number("weight")
    gamma = Double(settings.number("gamma"))
    discriminator = DomainDiscriminator(settings)
  }

  var needs: ObjectiveNeeds { [.batches, .target] }

  func tensors(of model: any Model) -> [TensorSpec] { discriminator.tensors(of: model) }

  func add(to terms: inout LocalTerms, _ training: ObjectiveTraining) throws {
    terms.losses.append { [self] batch in
      try loss(batch) { try batch.parameters(training.own($0)) }
    }
  }

  /// λ
  func reversal(at progress: Double) -> Float {
    weight * Float(2 / (1 + exp(-gamma * progress)) - 1)
  }

  func loss(_ batch: ObjectiveBatch, _ tensor: (String) throws -> Tensor) throws -> Tensor {
    try DomainDiscriminator.loss(
      of: batch, reading: { $0.reversingGradient(scale: reversal(at: batch.progress)) }, tensor)
  }
}

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
///
/// D has one hidden layer, ReLU, and two classes. Its parameters are trained with the model's and in a federation
/// averaged with them: every client knows the domain of its examples, so no client needs both.
struct DANN: TrainingObjective {
  static let kind = "dann"
  static let summary =
    "a discriminator of domains behind a gradient reversal of 2/(1+exp(-gamma p))-1 (Ganin et al. 2016)"
  static let options = [
    ObjectiveOption.weight(default: 1),
    ObjectiveOption("gamma", .number(default: 10, 0...1000), "how fast the reversal sets in"),
    ObjectiveOption("hidden", .number(default: 100, 1...65_536), "units of the discriminator"),
  ]

  private let weight: Float
  private let gamma: Double
  private let hidden: Int

  init(_ settings: ObjectiveSettings) {
    weight = settings.number("weight")
    gamma = Double(settings.number("gamma"))
    hidden = Int(settings.number("hidden"))
  }

  var needs: ObjectiveNeeds { [.batches, .target] }

  func tensors(of model: any Model) -> [TensorSpec] {
    Linear("hidden", inputs: model.featureCount, outputs: hidden).tensors
      + Linear("domain", inputs: hidden, outputs: 2).tensors
  }

  func add(to terms: inout LocalTerms, _ training: ObjectiveTraining) throws {
    terms.losses.append { [self] batch in
      let domains = [(batch.source, Int32(0)), (batch.target, Int32(1))].compactMap { pair in
        pair.0.map { (features: $0.features, label: pair.1) }
      }
      let features = Tensor.concatenated(domains.map(\.features), axis: 0)
      let labels = domains.flatMap { domain in
        [Int32](repeating: domain.label, count: domain.features.shape[0])
      }
      func tensor(_ name: String) throws -> Tensor { try batch.parameters(training.own(name)) }
      return try loss(
        features.reversingGradient(scale: reversal(at: batch.progress)), labels: labels, tensor)
    }
  }

  /// λ
  func reversal(at progress: Double) -> Float {
    weight * Float(2 / (1 + exp(-gamma * progress)) - 1)
  }

  func loss(
    _ features: Tensor, labels: [Int32], _ tensor: (String) throws -> Tensor
  ) throws -> Tensor {
    let hidden = linear(
      features, weight: try tensor("hidden.weight"), bias: try tensor("hidden.bias")
    ).relu()
    let scores = linear(
      hidden, weight: try tensor("domain.weight"), bias: try tensor("domain.bias"))
    return softmaxCrossEntropy(scores, labels: Tensor(labels, shape: [labels.count]))
  }
}

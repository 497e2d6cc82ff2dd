internal import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryTensor

/// A classifier of domains by features: one hidden layer, ReLU, and two classes, 0 the source and 1 the target.
///
/// Its parameters are an objective's own: trained with the model's and in a federation averaged with them. Every client
/// knows the domain of its examples, so no client needs both.
struct DomainDiscriminator {
  static let option = ObjectiveOption(
    "hidden", .number(default: 100, 1...65_536), "units of the discriminator")

  let hidden: Int

  init(_ settings: ObjectiveSettings) { hidden = Int(settings.number(Self.option.name)) }

  func tensors(of model: any Model) -> [TensorSpec] {
    Linear("hidden", inputs: model.featureCount, outputs: hidden).tensors
      + Linear("domain", inputs: hidden, outputs: 2).tensors
  }

  /// Logits `[examples, 2]` of features `[examples, featureCount]`.
  static func scores(
    _ features: Tensor, _ tensor: (String) throws -> Tensor
  ) throws -> Tensor {
    let hidden = linear(
      features, weight: try tensor("hidden.weight"), bias: try tensor("hidden.bias")
    ).relu()
    return linear(hidden, weight: try tensor("domain.weight"), bias: try tensor("domain.bias"))
  }

  /// The cross-entropy to the domains that a step has.
  ///
  /// - Parameter reading: what becomes of the features, `[examples, featureCount]`, before they are read.
  static func loss(
    of batch: ObjectiveBatch, reading: (Tensor) -> Tensor, _ tensor: (String) throws -> Tensor
  ) throws -> Tensor {
    let domains = [(batch.source, Int32(0)), (batch.target, Int32(1))].compactMap { pair in
      pair.0.map { (features: $0.features, label: pair.1) }
    }
    let labels = domains.flatMap { domain in
      [Int32](repeating: domain.label, count: domain.features.shape[0])
    }
    return softmaxCrossEntropy(
      try scores(reading(.concatenated(domains.map(\.features), axis: 0)), tensor),
      labels: Tensor(labels, shape: [labels.count]))
  }
}

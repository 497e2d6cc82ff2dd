internal import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryTensor

/// Joint adaptation networks (Long et al. 2017, "Deep transfer learning with joint adaptation networks"): the joint
/// distributions of features and predictions are drawn together, so that the alignment is conditional on the class.
///
///     weight · MMD² under k(x, y) = k_features(z_x, z_y) · k_predictions(softmax_x, softmax_y)
///
/// k_features as `mmd`'s with five widths, k_predictions one Gaussian of σ² = 1.68, as the authors have them. Domains on
/// different clients are compared as `mmd` does it.
struct JAN: TrainingObjective {
  static let kind = "jan"
  static let summary =
    "weight MMD² of features and predictions jointly: joint adaptation network (Long et al. 2017)"
  static let options: [ObjectiveOption] = [
    .weight(default: 1),
    ObjectiveOption(
      "estimator", .choice(GaussianKernels.Estimator.allCases.map(\.rawValue)),
      "of MMD²; linear looks at pairs alone"),
  ]

  private let weight: Float
  private let estimator: GaussianKernels.Estimator

  init(_ settings: ObjectiveSettings) {
    weight = settings.number("weight")
    estimator = .init(rawValue: settings.word("estimator")) ?? .unbiased
  }

  var needs: ObjectiveNeeds { [.batches, .target] }

  private static let kernels = 5
  private static let predictionBandwidth: Float = 1.68

  func add(to terms: inout LocalTerms, _ training: ObjectiveTraining) throws {
    let moments = training.moments
    let embedding = moments.areKnown ? Self.embedding(of: training.model) : nil
    terms.losses.append { [self] batch in
      if let embedding, let (own, other) = batch.apart(moments) {
        return embedding.loss(own.features, beside: softmax(own.logits), other) * weight
      }
      guard let (source, target) = batch.domains else { return .scalar(0) }
      return loss(source, target) * weight
    }
  }

  private static func embedding(of model: any Model) -> MeanEmbedding {
    MeanEmbedding(
      width: model.featureCount, kernels: kernels,
      beside: .init(width: model.configuration.classes, bandwidth: predictionBandwidth))
  }

  func statistics(of model: any Model) -> [TensorSpec] {
    MeanEmbedding.statistics(width: model.featureCount, kernels: Self.kernels)
  }

  func measure(of model: any Model, former: DomainMoments) -> DomainMeasure {
    let embedding = Self.embedding(of: model)
    return { features, logits in
      embedding.sums(features, beside: softmax(logits), former: former)
    }
  }

  func loss(_ source: ObjectiveBatch.Domain, _ target: ObjectiveBatch.Domain) -> Tensor {
    let features = GaussianKernels.squaredDistances(
      .concatenated([source.features, target.features], axis: 0))
    let predictions = GaussianKernels.squaredDistances(
      softmax(.concatenated([source.logits, target.logits], axis: 0)))
    let kernel =
      GaussianKernels.kernel(
        features, bandwidth: GaussianKernels.median(ofDistances: features), count: Self.kernels)
      * GaussianKernels.kernel(predictions, bandwidth: Self.predictionBandwidth, count: 1)
    let weights = GaussianKernels.weights(
      source: source.logits.shape[0], target: target.logits.shape[0], estimator)
    return (kernel * weights).sum()
  }
}

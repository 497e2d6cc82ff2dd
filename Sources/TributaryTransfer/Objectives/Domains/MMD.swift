internal import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryTensor

/// The maximum mean discrepancy of deep adaptation networks (Long et al. 2015, "Learning transferable features with
/// deep adaptation networks"; Gretton et al. 2012): the domains' mean embeddings under several Gaussian kernels are
/// drawn together.
///
///     weight · ‖E φ(x_S) − E φ(x_T)‖²        k(x, y) = Σ_u exp(−‖x − y‖² / (σ² 2^(u − ⌊kernels / 2⌋)))
///
/// σ² is the median of the squared distances in the two batches, a constant for the gradient. Where a client has one
/// domain alone, its batch is compared with the other's mean embedding over all clients (`MeanEmbedding`).
struct MMD: TrainingObjective {
  static let kind = "mmd"
  static let summary =
    "weight MMD²(source, target) with several Gaussian kernels: deep adaptation network (Long et al. 2015)"
  static let options: [ObjectiveOption] = [
    .weight(default: 1), .layer(default: "features", or: "logits"),
    ObjectiveOption("kernels", .number(default: 5, 1...19), "how many widths, each twice the last"),
    ObjectiveOption(
      "estimator", .choice(GaussianKernels.Estimator.allCases.map(\.rawValue)),
      "of MMD²; linear looks at pairs alone"),
  ]

  private let weight: Float
  private let layer: String
  private let kernels: Int
  private let estimator: GaussianKernels.Estimator

  init(_ settings: ObjectiveSettings) {
    weight = settings.number("weight")
    layer = settings.word("layer")
    kernels = Int(settings.number("kernels"))
    estimator = .init(rawValue: settings.word("estimator")) ?? .unbiased
  }

  var needs: ObjectiveNeeds { [.batches, .target] }

  func add(to terms: inout LocalTerms, _ training: ObjectiveTraining) throws {
    let moments = training.moments
    let embedding = moments.areKnown ? embedding(of: training.model) : nil
    terms.losses.append { [self] batch in
      if let embedding, let (own, other) = batch.apart(moments) {
        return embedding.loss(own.layer(layer), other) * weight
      }
      guard let (source, target) = batch.domains else { return .scalar(0) }
      return loss(source.layer(layer), target.layer(layer)) * weight
    }
  }

  func statistics(of model: any Model) -> [TensorSpec] {
    MeanEmbedding.statistics(width: model.width(ofLayer: layer), kernels: kernels)
  }

  func measure(of model: any Model, former: DomainMoments) -> DomainMeasure {
    let embedding = embedding(of: model)
    return { [layer] features, logits in
      embedding.sums(layer == "logits" ? logits : features, former: former)
    }
  }

  private func embedding(of model: any Model) -> MeanEmbedding {
    MeanEmbedding(width: model.width(ofLayer: layer), kernels: kernels)
  }

  func loss(_ source: Tensor, _ target: Tensor) -> Tensor {
    let distances = GaussianKernels.squaredDistances(
      .concatenated([source, target], axis: 0))
    let kernel = GaussianKernels.kernel(
      distances, bandwidth: GaussianKernels.median(ofDistances: distances), count: kernels)
    let weights = GaussianKernels.weights(
      source: source.shape[0], target: target.shape[0], estimator)
    return (kernel * weights).sum()
  }
}

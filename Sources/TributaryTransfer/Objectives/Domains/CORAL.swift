internal import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryTensor

/// Deep CORAL (Sun & Saenko 2016, "Deep CORAL: correlation alignment for deep domain adaptation"): the covariances of
/// the two domains are drawn together.
///
///     weight · ‖C_S − C_T‖²_F / (4 d²)        C = Σ (x − x̄)(x − x̄)ᵀ / (n − 1)
///
/// Where a client has one domain alone, its batch is drawn to the other's covariance over all clients as the last round
/// measured it.
///
/// x are the classifier's logits, as in the paper, or the backbone's features of width d. The paper chooses the weight
/// so that at the end both losses are of a size.
struct CORAL: TrainingObjective {
  static let kind = "coral"
  static let summary =
    "weight ‖C_source - C_target‖² / 4d²: the domains' covariances are aligned (Sun & Saenko 2016)"
  static let options: [ObjectiveOption] = [
    .weight(default: 1), .layer(default: "logits", or: "features"),
  ]

  private let weight: Float
  private let layer: String

  init(_ settings: ObjectiveSettings) {
    weight = settings.number("weight")
    layer = settings.word("layer")
  }

  var needs: ObjectiveNeeds { [.batches, .target] }

  func add(to terms: inout LocalTerms, _ training: ObjectiveTraining) throws {
    let moments = training.moments
    terms.losses.append { [weight, layer] batch in
      if let (source, target) = batch.domains {
        return Self.loss(source.layer(layer), target.layer(layer)) * weight
      }
      guard let (own, other) = batch.apart(moments), let expected = Self.covariance(of: other)
      else { return .scalar(0) }
      return Self.distance(Self.covariance(own.layer(layer)), expected) * weight
    }
  }

  func statistics(of model: any Model) -> [TensorSpec] {
    let width = model.width(ofLayer: layer)
    return [
      TensorSpec("mean", [width], role: .buffer, initializer: .zeros),
      TensorSpec("second", [width, width], role: .buffer, initializer: .zeros),
    ]
  }

  func measure(of _: any Model, former _: DomainMoments) -> DomainMeasure {
    { [layer] features, logits in
      let x = layer == "logits" ? logits : features
      return ["mean": x.sum(axes: [0]), "second": matmul(x, x, transposeA: true)]
    }
  }

  /// E x xᵀ − E x E xᵀ
  private static func covariance(of moments: ParameterTree<Tensor>) -> Tensor? {
    guard let mean = moments["mean"], let second = moments["second"] else { return nil }
    return withoutGradient { second - mean.reshaped([-1, 1]) * mean.reshaped([1, -1]) }
  }

  static func loss(_ source: Tensor, _ target: Tensor) -> Tensor {
    distance(covariance(source), covariance(target))
  }

  /// ‖a − b‖²_F / (4 d²) of covariances `[d, d]`.
  static func distance(_ a: Tensor, _ b: Tensor) -> Tensor {
    let width = Float(a.shape[0])
    return (a - b).squared().sum() * (1 / (4 * width * width))
  }

  /// `[d, d]` of rows `[n, d]`; zeros of one row.
  static func covariance(_ x: Tensor) -> Tensor {
    let centered = x - x.mean(axes: [0], keepingDimensions: true)
    return matmul(centered, centered, transposeA: true) * (1 / Float(max(1, x.shape[0] - 1)))
  }
}

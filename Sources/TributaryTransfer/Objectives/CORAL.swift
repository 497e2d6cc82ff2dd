internal import TributaryCore
internal import TributaryTensor

/// Deep CORAL (Sun & Saenko 2016, "Deep CORAL: correlation alignment for deep domain adaptation"): the covariances of
/// the two domains are drawn together.
///
///     weight · ‖C_S − C_T‖²_F / (4 d²)        C = Σ (x − x̄)(x − x̄)ᵀ / (n − 1)
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
    terms.losses.append { [weight, layer] batch in
      guard let (source, target) = batch.domains else { return .scalar(0) }
      return Self.loss(source.layer(layer), target.layer(layer)) * weight
    }
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

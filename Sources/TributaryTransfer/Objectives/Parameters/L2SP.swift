internal import TributaryCore
internal import TributaryModels
internal import TributaryTensor

/// L2-SP (Li, Grandvalet & Davoine 2018, "Explicit inductive bias for transfer learning with convolutional networks"):
/// the backbone is pulled to the weights it was pretrained to, the classifier to 0.
///
///     α/2 ‖w_S − w_S⁰‖² + β/2 ‖w_new‖²
///
/// A gradient addition: it costs no pass through the model. For fine-tuning on few examples.
struct L2SP: TrainingObjective {
  static let kind = "l2-sp"
  static let summary =
    "alpha/2 ‖backbone - its pretrained weights‖² + beta/2 ‖classifier‖² (Li et al. 2018)"
  static let options = [
    ObjectiveOption("alpha", .number(default: 0.1, 0...1e6), "the pull of the pretrained weights"),
    ObjectiveOption("beta", .number(default: 0.01, 0...1e6), "the weight decay of the classifier"),
  ]

  private let alpha: Float
  private let beta: Float

  init(_ settings: ObjectiveSettings) {
    alpha = settings.number("alpha")
    beta = settings.number("beta")
  }

  var needs: ObjectiveNeeds { .origin }

  func add(to terms: inout LocalTerms, _ training: ObjectiveTraining) throws {
    let head = training.model.headTensorNames
    terms.pulls.append(
      .init(strength: alpha, origin: training.origin.filter { name, _ in !head.contains(name) }))
    terms.pulls.append(
      .init(
        strength: beta,
        origin: training.start.filter { name, _ in head.contains(name) }
          .mapValues { .zeros($0.shape) }))
  }
}

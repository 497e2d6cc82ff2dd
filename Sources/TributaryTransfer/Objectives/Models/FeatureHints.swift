internal import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryPlan
internal import TributaryTensor

/// Hints (Romero et al. 2015, "FitNets: hints for thin deep nets"): a layer of the model learns to say what a layer of
/// another model says, before both make up their minds.
///
///     weight/2 · mean (teacher's layer − r(student's layer))²
///
/// r is the identity where both layers are equally wide, else a linear layer (of maps a 1x1 convolution) that is
/// learned with the model, in a federation averaged with it, and left out of the result. `layer` and `hint` are names
/// of layers (`tributary inspect` lists them) or `features`, what the classifier reads; maps must be of one size. Beside
/// `distillation`, for a student that is deep and thin, or whose classes are not the teacher's.
struct FeatureHints: TrainingObjective {
  static let kind = "hints"
  static let summary =
    "weight/2 mean (teacher's layer - r(student's))²: a layer learns from another model's (FitNets, Romero et al. 2015)"
  static let options = [
    ObjectiveOption.model,
    ObjectiveOption.weight(default: 1),
    ObjectiveOption("layer", .name(default: features), "the student's layer"),
    ObjectiveOption("hint", .name(default: features), "the teacher's layer"),
    ObjectiveOption(
      inputs, .number(default: 0, 0...65_536), "the student's width; found from the model"),
    ObjectiveOption(
      outputs, .number(default: 0, 0...65_536), "the teacher's, where it differs; likewise"),
  ]

  static let features = "features"
  private static let inputs = "inputs"
  private static let outputs = "outputs"

  private let path: String
  private let weight: Float
  private let layer: String
  private let hint: String
  private let regressor: (inputs: Int, outputs: Int)?

  init(_ settings: ObjectiveSettings) {
    path = settings.word("model")
    weight = settings.number("weight")
    layer = settings.word("layer")
    hint = settings.word("hint")
    let (own, other) = (Int(settings.number(Self.inputs)), Int(settings.number(Self.outputs)))
    regressor = own > 0 && other > 0 ? (inputs: own, outputs: other) : nil
  }

  var teacherClasses: TeacherClasses { .any }

  func reference(for loaded: LoadedModel) throws -> ObjectiveReference {
    try Teacher.read(path, for: loaded, classes: teacherClasses)
  }

  /// With the widths that only the models tell.
  func settled(_ plan: ObjectivePlan, for loaded: LoadedModel) throws -> ObjectivePlan {
    let teacher = try Teacher.load(path, for: loaded, classes: teacherClasses)
    let (own, other) = (
      try LayerShape.of(layer, in: loaded), try LayerShape.of(hint, in: teacher)
    )
    guard own.rank == other.rank, own.places == other.places else {
      throw TributaryError(
        "objective.layer", "\(layer) gives \(own), the teacher's \(hint) \(other)",
        advice: "name two layers whose results are of one size but for the channels")
    }
    var plan = plan
    guard own.width != other.width else { return plan }
    plan.settings[Self.inputs] = .number(Double(own.width))
    plan.settings[Self.outputs] = .number(Double(other.width))
    return plan
  }

  func tensors(of _: any Model) -> [TensorSpec] {
    regressor.map { Linear("regressor", inputs: $0.inputs, outputs: $0.outputs).tensors } ?? []
  }

  func add(to terms: inout LocalTerms, _ training: ObjectiveTraining) throws {
    let teacher = try Teacher(training, for: Self.kind)
    if layer != Self.features { terms.captured.insert(layer) }
    terms.losses.append { [self] batch in
      guard let source = batch.source, let input = source.input else { return .scalar(0) }
      guard let own = source.named(layer) else {
        throw TributaryError(
          "objective.layer", "the model has no layer \"\(layer)\"",
          advice: "`tributary inspect` lists the layers")
      }
      let other = try teacher.layer(hint, input)
      func tensor(_ name: String) throws -> Tensor { try batch.parameters(training.own(name)) }
      return try loss(own, hint: other, tensor) * weight
    }
  }

  /// Of `[batch, channels]`, `[batch, length, channels]` or `[batch, channels, height, width]`; the hint is a constant.
  func loss(
    _ layer: Tensor, hint: Tensor, _ tensor: (String) throws -> Tensor
  ) throws -> Tensor {
    var fitted = Self.channelsLast(layer)
    let target = withoutGradient { Self.channelsLast(hint.detached) }
    if let regressor, fitted.shape[fitted.shape.rank - 1] == regressor.inputs {
      fitted = linear(
        fitted, weight: try tensor("regressor.weight"), bias: try tensor("regressor.bias"))
    }
    guard fitted.shape == target.shape else {
      throw TributaryError(
        "objective.layer", "hints: the layers give \(fitted.shape) and \(target.shape)",
        advice: "name two layers whose results are of one size but for the channels")
    }
    return (fitted - target).squared().sum() * (0.5 / Float(max(1, target.count)))
  }

  private static func channelsLast(_ x: Tensor) -> Tensor {
    x.shape.rank == 4 ? x.permuted([0, 2, 3, 1]) : x
  }
}

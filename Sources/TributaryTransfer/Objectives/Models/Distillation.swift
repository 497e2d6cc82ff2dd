internal import TributaryCore
internal import TributaryModels
internal import TributaryTensor

/// Knowledge distillation (Hinton, Vinyals & Dean 2015, "Distilling the knowledge in a neural network"): the student
/// matches a teacher's softened probabilities.
///
///     (1 − w) CE(student, labels) + w T² KL(softmax(teacher / T) ‖ softmax(student / T))
///
/// The teacher is another model of the same classes that takes the same inputs; of any architecture. It travels to
/// every client once, with what is frozen.
struct Distillation: TrainingObjective {
  static let kind = "distillation"
  static let summary =
    "(1-weight) task + weight T² KL(teacher/T ‖ student/T): a smaller model learns from another (Hinton et al. 2015)"
  static let options = [
    ObjectiveOption.model,
    ObjectiveOption("temperature", .number(default: 4, 0.01...1000), "T, which softens both"),
    ObjectiveOption("weight", .number(default: 0.9, 0...1), "w, the share of the teacher's word"),
  ]

  private let path: String
  private let temperature: Float
  private let weight: Float

  init(_ settings: ObjectiveSettings) {
    path = settings.word("model")
    temperature = settings.number("temperature")
    weight = settings.number("weight")
  }

  func reference(for loaded: LoadedModel) throws -> ObjectiveReference {
    try Teacher.read(path, for: loaded)
  }

  func add(to terms: inout LocalTerms, _ training: ObjectiveTraining) throws {
    let teacher = try Teacher(training, for: Self.kind)
    terms.taskShare *= 1 - weight
    terms.losses.append { [temperature, weight] batch in
      guard let source = batch.source, let input = source.input else { return .scalar(0) }
      let answers = try teacher.logits(input)
      return softenedDivergence(
        source.counted(source.logits), from: source.counted(answers), temperature: temperature)
        * weight
    }
  }
}

/// T² KL(softmax(teacher / T) ‖ softmax(student / T)), the rows' mean; the teacher `[rows, classes]` is a constant.
func softenedDivergence(_ student: Tensor, from teacher: Tensor, temperature: Float) -> Tensor {
  let (target, logTarget) = withoutGradient {
    (softmax(teacher * (1 / temperature)), logSoftmax(teacher * (1 / temperature)))
  }
  let divergence = (target * (logTarget - logSoftmax(student * (1 / temperature)))).sum()
  return divergence * (temperature * temperature / Float(max(1, student.shape[0])))
}

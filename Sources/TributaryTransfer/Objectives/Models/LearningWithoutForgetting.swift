internal import TributaryCore
internal import TributaryModels
internal import TributaryTensor

/// Learning without forgetting (Li & Hoiem 2016): while a new task is learned from its own examples alone, the model
/// goes on to say of them what the former tasks' model says.
///
///     CE(student, labels) + λ Σ_heads −Σ_c p_c(teacher / T) log p_c(student / T)        p = softmax
///
/// The former model has the same classes as the run, or fewer, which then are the run's first; with `classes` only so
/// many of them count: those that the former tasks had examples of. Of a model with several heads (`task.heads`) each
/// head that lies in them is one softmax, as in the paper; T is 2 there. It travels to every client once, with what is
/// frozen; no example of a former task is needed. It keeps what the new task's examples can show: where they look
/// unlike the former ones, replay (`data.replay`) keeps more.
struct LearningWithoutForgetting: TrainingObjective {
  static let kind = "lwf"
  static let summary =
    "task + lambda CE(former model/T, student/T) on the new examples: learning without forgetting (Li & Hoiem 2016)"
  static let options = [
    ObjectiveOption.model,
    ObjectiveOption("lambda", .number(default: 1, 0...1e6), "how much the former tasks count"),
    ObjectiveOption("temperature", .number(default: 2, 0.01...1000), "T, which softens both"),
    ObjectiveOption(
      "classes", .number(default: 0, 0...1_000_000),
      "the first so many classes are the former tasks'; 0: all of the former model's"),
  ]

  private let path: String
  private let lambda: Float
  private let temperature: Float
  private let classes: Int

  init(_ settings: ObjectiveSettings) {
    path = settings.word("model")
    lambda = settings.number("lambda")
    temperature = settings.number("temperature")
    classes = Int(settings.number("classes"))
  }

  var teacherClasses: TeacherClasses { .atMost }

  func reference(for loaded: LoadedModel) throws -> ObjectiveReference {
    try Teacher.read(path, for: loaded, classes: teacherClasses)
  }

  func add(to terms: inout LocalTerms, _ training: ObjectiveTraining) throws {
    let teacher = try Teacher(training, for: Self.kind)
    let known = teacher.classes
    let heads = Self.heads(
      within: classes > 0 ? min(classes, known) : known,
      of: training.model.configuration.heads)
    guard !heads.isEmpty else {
      throw TributaryError(
        "objective.heads",
        "lwf: no head lies within the \(known) classes that the former model has",
        advice: "order task.heads so that the former model's come first")
    }
    terms.losses.append { [lambda, temperature] batch in
      guard let source = batch.source, let input = source.input else { return .scalar(0) }
      let former = try teacher.logits(input)
      return Self.loss(
        source.counted(source.logits), former: source.counted(former), heads: heads,
        temperature: temperature) * lambda
    }
  }

  /// The heads that lie in the first `classes` classes, or those classes as one.
  static func heads(within classes: Int, of heads: [Int]?) -> [Range<Int>] {
    guard let heads else { return [0..<classes] }
    return TaskHeads(heads).ranges.filter { $0.upperBound <= classes }
  }

  /// Of logits `[rows, classes]`, the rows' mean; the former model's, `[rows, its classes]`, are constants.
  static func loss(
    _ logits: Tensor, former: Tensor, heads: [Range<Int>], temperature: Float
  ) -> Tensor {
    heads.reduce(.scalar(0)) { sum, head in
      let target = withoutGradient {
        softmax(former.sliced(axis: 1, head) * (1 / temperature))
      }
      let student = logSoftmax(logits.sliced(axis: 1, head) * (1 / temperature))
      return sum - (target * student).sum() * (1 / Float(max(1, logits.shape[0])))
    }
  }
}

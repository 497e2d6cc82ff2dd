internal import TributaryCore
internal import TributaryModels
internal import TributaryStorage
internal import TributaryTensor

/// A fixed model whose answers another one learns from.
struct Teacher: Sendable {
  private let inference: Inference

  /// - Throws: `objective.model` where the training was given no model.
  init(_ training: ObjectiveTraining, for kind: String) throws {
    guard let model = training.referenceModel?.model else {
      throw TributaryError(
        "objective.model", "the objective \(kind) has not been given its model")
    }
    inference = Inference(model: model, parameters: training.reference, threads: 1)
  }

  /// A row an example, or of a language model a row a position.
  func logits(_ input: ModelInput) throws -> Tensor { try inference.logits(input) }

  /// What its layer, or as `features` its backbone, makes of a batch.
  func layer(_ name: String, _ input: ModelInput) throws -> Tensor {
    try inference.layer(name, input)
  }

  var classes: Int { inference.model.configuration.classes }

  /// The model at `path`, as an objective refers to it.
  ///
  /// - Throws: as `load`.
  static func read(
    _ path: String, for student: LoadedModel, classes: TeacherClasses = .same
  ) throws -> ObjectiveReference {
    let teacher = try load(path, for: student, classes: classes)
    return ObjectiveReference(
      tensors: teacher.tensors, configuration: teacher.assets["config.json"])
  }

  /// Whether `teacher` takes the same inputs as `student`.
  static func reads(_ teacher: LoadedModel, what student: LoadedModel) -> Bool {
    let (image, other) = (teacher.configuration.image, student.configuration.image)
    return image?.shape == other?.shape && image?.audio == other?.audio
      && teacher.model.vocabularySize == student.model.vocabularySize
      && teacher.model.nodeFeatureCount == student.model.nodeFeatureCount
      && teacher.configuration.objective == student.configuration.objective
      && teacher.configuration.cloze?["template"] == student.configuration.cloze?["template"]
  }

  /// The model at `path`, if it can teach `student`: it must take the same inputs to classes that fit.
  ///
  /// - Throws: `objective.model` where it cannot; what loading a model throws.
  static func load(
    _ path: String, for student: LoadedModel, classes: TeacherClasses
  ) throws -> LoadedModel {
    let image = student.configuration.image
    let teacher = try ModelFolder.load(
      path: path, image: ImageRequest(), key: RandomKey(seed: 0))
    guard reads(teacher, what: student), teacher.configuration.image?.mean == image?.mean,
      teacher.configuration.image?.standardDeviation == image?.standardDeviation
    else {
      throw TributaryError(
        "objective.model",
        "\(path): the \(teacher.model.architecture) does not take what the \(student.model.architecture) takes",
        advice: "images must have one size, mean and deviation (data.image), texts one tokenizer")
    }
    guard classes.allows(teacher.configuration.classes, student: student.configuration.classes)
    else {
      throw TributaryError(
        "objective.model",
        "\(path) has \(teacher.configuration.classes) classes, the run \(student.configuration.classes)"
      )
    }
    return teacher
  }
}

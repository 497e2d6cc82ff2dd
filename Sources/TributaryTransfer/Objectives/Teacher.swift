internal import TributaryCore
internal import TributaryModels
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

  func logits(_ input: ModelInput) throws -> Tensor { try inference.logits(input) }

  /// The model at `path`, if it can teach `student`: it must take the same inputs to the same classes.
  ///
  /// - Throws: `objective.model` where it cannot; what loading a model throws.
  static func read(_ path: String, for student: LoadedModel) throws -> ObjectiveReference {
    let image = student.configuration.image
    let teacher = try ModelFolder.load(
      path: path, image: ImageRequest(), key: RandomKey(seed: 0))
    let fits =
      teacher.configuration.image?.shape == image?.shape
      && teacher.configuration.image?.mean == image?.mean
      && teacher.configuration.image?.standardDeviation == image?.standardDeviation
      && teacher.model.vocabularySize == student.model.vocabularySize
    guard fits else {
      throw TributaryError(
        "objective.model",
        "\(path): the \(teacher.model.architecture) does not take what the \(student.model.architecture) takes",
        advice: "images must have one size, mean and deviation (data.image), texts one tokenizer")
    }
    guard teacher.configuration.classes == student.configuration.classes else {
      throw TributaryError(
        "objective.model",
        "\(path) has \(teacher.configuration.classes) classes, the run \(student.configuration.classes)"
      )
    }
    return ObjectiveReference(
      tensors: teacher.tensors, configuration: teacher.assets["config.json"])
  }
}

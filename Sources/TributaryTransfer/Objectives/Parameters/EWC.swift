internal import TributaryCore
internal import TributaryModels
internal import TributaryStorage
internal import TributaryTensor

/// Elastic weight consolidation (Kirkpatrick et al. 2017, "Overcoming catastrophic forgetting in neural networks"): the
/// weights that mattered to an earlier task are held where they were.
///
///     λ/2 Σ F_i (w_i − w*_i)²
///
/// w* is the earlier task's model and F the diagonal of its Fisher information on that task's data, which
/// `tributary fisher` writes beside it. Both travel to every client once, with what is frozen: not the data, but of
/// every weight how much it mattered. A classifier of another shape than the earlier one is left free.
struct EWC: TrainingObjective {
  static let kind = "ewc"
  static let summary =
    "lambda/2 Σ Fisher (w - the earlier task's weights)²: an earlier task is not forgotten (Kirkpatrick et al. 2017)"
  static let options = [
    ObjectiveOption.model,
    ObjectiveOption("lambda", .number(default: 100, 0...1e12), "how much the earlier task counts"),
  ]

  private let path: String
  private let lambda: Float

  init(_ settings: ObjectiveSettings) {
    path = settings.word("model")
    lambda = settings.number("lambda")
  }

  var needs: ObjectiveNeeds { [] }

  func reference(for loaded: LoadedModel) throws -> ObjectiveReference {
    let earlier = try ModelFolder.load(path: path, key: RandomKey(seed: 0))
    let file = "\(path)/\(FisherInformation.fileName)"
    let fisher: ParameterTree<HostTensor>
    do {
      fisher = try SafetensorsFile(path: file, requireFinite: true).tensors
    } catch {
      throw TributaryError(
        "objective.fisher", "\(file) cannot be read: the earlier task's Fisher information",
        advice: "make it with: tributary fisher \(path) --data THE-EARLIER-TASK", cause: error)
    }
    func fitting(_ tensors: ParameterTree<HostTensor>) -> ParameterTree<HostTensor> {
      tensors.filter { name, tensor in
        fisher[name]?.shape == tensor.shape && loaded.tensors[name]?.shape == tensor.shape
      }
    }
    let anchor = fitting(earlier.tensors)
    guard !anchor.isEmpty else {
      throw TributaryError(
        "objective.model",
        "\(path) shares no weight with the \(loaded.model.architecture) of the run")
    }
    return ObjectiveReference(
      tensors: anchor.asCarried(Self.anchor).merging(fitting(fisher).asCarried(Self.fisher)))
  }

  private static let anchor = "anchor"
  private static let fisher = "fisher"

  func add(to terms: inout LocalTerms, _ training: ObjectiveTraining) throws {
    terms.pulls.append(
      .init(
        strength: lambda, origin: training.reference.carried(Self.anchor),
        importance: training.reference.carried(Self.fisher)))
  }
}

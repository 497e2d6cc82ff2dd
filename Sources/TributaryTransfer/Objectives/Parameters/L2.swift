internal import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryTensor

/// Weight decay of some tensors: an L2 term in the loss, whatever the optimiser.
///
///     weight/2 Σ ‖w‖² over the tensors whose names match
///
/// A gradient addition: it costs no pass through the model. For networks that decay some layers alone, as Kipf &
/// Welling's graph network its first.
struct L2: TrainingObjective {
  static let kind = "l2"
  static let summary = "weight/2 ‖w‖² over the tensors that are named: weight decay as a loss"
  static let options = [
    ObjectiveOption("weight", .number(default: 5e-4, 0...1e6), "what it counts"),
    ObjectiveOption("tensors", .pattern(default: "*"), "the names of those that decay"),
  ]

  private let weight: Float
  private let pattern: String

  init(_ settings: ObjectiveSettings) {
    weight = settings.number("weight")
    pattern = settings.word("tensors")
  }

  var needs: ObjectiveNeeds { [] }

  func add(to terms: inout LocalTerms, _ training: ObjectiveTraining) throws {
    let pattern = GlobPattern(pattern)
    let buffers = Set(
      training.model.tensors.filter { $0.role == .buffer }.map(\.name))
    let decaying = training.start.filter { name, _ in
      pattern.matches(name) && !buffers.contains(name)
    }
    guard !decaying.isEmpty else {
      throw TributaryError(
        "objective.l2", "no tensor that moves is called \"\(self.pattern)\"",
        advice: "name some of \(training.start.names.sorted().prefix(4).joined(separator: ", "))")
    }
    terms.pulls.append(.init(strength: weight, origin: decaying.mapValues { .zeros($0.shape) }))
  }
}

internal import TributaryCore

/// One thing that is wrong in a plan: `run.yaml:12: local.optimizr: unknown key; ...`.
struct PlanProblem: Sendable, Equatable {
  var source: PlanSource
  var path: String
  var text: String

  var line: String { "\(source.label): \(path.isEmpty ? "" : "\(path): ")\(text)" }

  /// All problems as one error, a line each, in the order of the file.
  static func error(_ problems: [PlanProblem]) -> TributaryError {
    let ordered = problems.enumerated().sorted {
      ($0.element.source.position, $0.offset) < ($1.element.source.position, $1.offset)
    }
    return TributaryError(
      "plan.invalid", ordered.map(\.element.line).joined(separator: "\n"))
  }
}

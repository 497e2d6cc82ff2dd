extension PlanValue where Value == [ObjectivePlan] {
  /// A list of sections, each a kind with its own settings.
  static let objectives = PlanValue(
    "list of {kind: ..., its settings}", show: { $0.isEmpty ? nil : "\($0)" }
  ) { node, paths in
    let objectives = try node.list("a list of sections, as [{kind: coral, weight: 1}]") {
      try $0.objective(paths)
    }
    guard objectives.count <= largestCount else {
      throw PlanMismatch("has \(objectives.count) objectives; at most \(largestCount) make sense")
    }
    return objectives
  }

  private static var largestCount: Int { 16 }
}

extension PlanNode {
  fileprivate func objective(_ paths: PlanPaths) throws -> ObjectivePlan {
    guard case .mapping(let entries) = content else { throw mismatch("a section with a kind") }
    var objective: ObjectivePlan?
    var settings: [String: PlanSetting] = [:]
    for entry in entries {
      guard !entry.isRepeated else { throw PlanMismatch("has \(entry.key) twice; keep one") }
      switch entry.key {
      case "kind":
        objective = ObjectivePlan(kind: try PlanValue.identifier.parse(entry.value, paths))
      case ObjectivePlan.modelKey:
        settings[entry.key] = .text(try PlanValue.model.parse(entry.value, paths))
      default: settings[entry.key] = try entry.value.setting()
      }
    }
    guard var objective else {
      throw PlanMismatch("has a section without kind; as {kind: coral, weight: 1}")
    }
    objective.settings = settings
    return objective
  }
}

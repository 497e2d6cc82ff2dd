extension PlanValue where Value == [AugmentationPlan] {
  static let augmentations = PlanValue(
    "list of {kind: ..., its settings}", show: { $0.isEmpty ? nil : "\($0)" }
  ) { node, paths in
    let example = "[{kind: crop, padding: 4}, {kind: flip}]"
    let list = try node.list("a list of sections, as \(example)") { node in
      guard case .mapping(let entries) = node.content else {
        throw node.mismatch("a section with a kind")
      }
      var plan: AugmentationPlan?
      var settings: [String: PlanSetting] = [:]
      for entry in entries {
        guard !entry.isRepeated else { throw PlanMismatch("has \(entry.key) twice; keep one") }
        switch entry.key {
        case "kind":
          plan = AugmentationPlan(kind: try PlanValue<String>.identifier.parse(entry.value, paths))
        case "path":
          settings[entry.key] = .text(try PlanValue<String>.path.parse(entry.value, paths))
        default: settings[entry.key] = try entry.value.setting()
        }
      }
      guard var plan else { throw PlanMismatch("has a section without kind; as \(example)") }
      plan.settings = settings
      return plan
    }
    guard list.count <= 16 else { throw PlanMismatch("has \(list.count); at most 16 make sense") }
    return list
  }
}

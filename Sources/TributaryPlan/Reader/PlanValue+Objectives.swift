extension PlanValue where Value == [ObjectivePlan] {
  static let objectives = PlanValue(
    "list of {kind: ..., its settings}", show: { $0.isEmpty ? nil : "\($0)" }
  ) { node, paths in
    try node.kinds(
      paths, example: "{kind: coral, weight: 1}", special: [ObjectivePlan.modelKey: .model]
    ).map { ObjectivePlan(kind: $0.kind, settings: $0.settings) }
  }
}

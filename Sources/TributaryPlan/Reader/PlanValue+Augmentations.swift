extension PlanValue where Value == [AugmentationPlan] {
  static let augmentations = PlanValue(
    "list of {kind: ..., its settings}", show: { $0.isEmpty ? nil : "\($0)" }
  ) { node, paths in
    try node.kinds(paths, example: "{kind: crop, padding: 4}", special: [:])
      .map { AugmentationPlan(kind: $0.kind, settings: $0.settings) }
  }
}

extension PlanValue where Value == [AugmentationPlan] {
  static let augmentations = PlanValue(
    "list of {kind: ..., its settings}", show: { $0.isEmpty ? nil : "\($0)" }
  ) { node, paths in
    try node.kinds(
      paths, example: "{kind: crop, padding: 4}", special: [pathKey: PlanValue<String>.path]
    ).map { kind, settings in
      var settings = settings
      // What a file says travels with the plan; the file itself may be on this machine alone.
      if case .text(let path)? = settings.removeValue(forKey: pathKey) {
        settings[AugmentationPlan.wordsKey] = try SynonymFile.groups(path)
      }
      return AugmentationPlan(kind: kind, settings: settings)
    }
  }

  private static var pathKey: String { "path" }
}

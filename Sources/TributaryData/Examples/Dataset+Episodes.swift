internal import TributaryPlan

extension Dataset {
  /// The examples that the meta-training may see, or the meta-test: `plan.testClasses` are the latter's, where it
  /// names some.
  func part(of plan: EpisodesPlan?, testing: Bool) -> Dataset {
    guard let plan, !plan.testClasses.isEmpty, let labels else { return self }
    let kept = Set(plan.testClasses)
    return subset(labels.indices.filter { kept.contains(labels[$0]) == testing })
  }
}

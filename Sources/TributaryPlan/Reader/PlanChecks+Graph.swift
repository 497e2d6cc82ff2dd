extension PlanChecks {
  mutating func checkGraph() {
    let data = plan.data
    expect(
      data.validation == nil || data.holdout == 0, "data.validation",
      "and data.holdout both say what epochs are judged by; keep one")
    guard plan.task.kind == .nodeClassification else { return }
    let refused = [
      ("data.augment", data.augment.isEmpty), ("data.target", data.target == nil),
      ("data.labels", data.labels == nil), ("data.tasks", data.tasks == nil),
      ("data.replay", data.replay == nil),
      ("transfer.head.layers", plan.transfer.head.layers.isEmpty),
      ("transfer.episodes", plan.transfer.episodes == nil),
    ]
    for (path, isUnset) in refused {
      expect(isUnset, path, "is not for task.kind node-classification: nodes are of one graph")
    }
  }
}

extension TransferPlan {
  /// This plan with one more kind of tensors, or pattern, that stays on each client.
  public func keeping(_ pattern: String) -> TransferPlan {
    var plan = self
    if !plan.personal.contains(pattern) { plan.personal.append(pattern) }
    return plan
  }
}

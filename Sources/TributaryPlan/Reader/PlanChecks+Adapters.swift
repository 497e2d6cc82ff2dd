extension PlanChecks {
  mutating func checkAdapters() {
    let (transfer, method) = (plan.transfer, plan.transfer.method)
    let name = method.rawValue
    expect(
      method.hasTargets || transfer.targets.isEmpty, "transfer.targets",
      "names layers for lora, ia3 and adapters; with \(name) nothing stands beside layers")
    expect(
      (method.addsTensors && method != .shift) || transfer.adapter.from == nil,
      "transfer.adapter.from", "is for methods that add something to the backbone; \(name) does not"
    )
    expect(
      method != .adapters || transfer.adapter.from == nil, "transfer.adapter.from",
      "cannot be used with adapters, which PEFT has not; start from the run's model folder "
        + "(backbone.path)")
    let isPrompted = method == .prompt || method == .prefix
    expect(
      !isPrompted || plan.task.kind == .textClassification, "transfer.method",
      "\(name) is for task.kind text-classification: virtual tokens stand in front of words")
    checkPrompt()
  }

  private mutating func checkPrompt() {
    guard let prompt = plan.transfer.prompt else { return }
    expect(
      plan.task.kind == .textClassification, "transfer.prompt",
      "is for task.kind text-classification, not \(plan.task.kind.rawValue)")
    expect(
      plan.transfer.method != .head, "transfer.prompt",
      "has no classifier to train; choose another transfer.method than head")
    expect(
      plan.transfer.episodes == nil, "transfer.prompt",
      "names the words of fixed classes; transfer.episodes has others in every task")
    expect(prompt.isPossible, "transfer.prompt", "is too long")
    guard let classes = plan.task.classNames else {
      return expect(
        false, "task.classes", "must be a list of names, for which transfer.prompt.words has words")
    }
    expect(
      prompt.words(of: classes) != nil, "transfer.prompt.words",
      "must have one word for each of \(classes.joined(separator: ", ")) and no other")
  }
}

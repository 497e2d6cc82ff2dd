extension PlanChecks {
  mutating func checkSearch() {
    let transfer = plan.transfer
    guard let search = transfer.auto else { return }
    for key in ["method", "trainable", "lastBlocks", "rank", "head.kind"] {
      expect(
        sources["transfer.\(key)"] == nil, "transfer.\(key)",
        "is what transfer.auto searches; leave it out, or list what to try there")
    }
    expect(
      transfer.episodes == nil, "transfer.auto",
      "does not go with transfer.episodes, whose tasks hold nothing out")
    expect(
      plan.task.kind != .languageModel || !search.methods.contains(.head)
        || search.heads == [.softmax],
      "transfer.auto.heads", "are classifiers; a language model has none to solve")
    expect(
      sources["transfer.auto.lastBlocks"] == nil || search.methods.contains(.fineTune),
      "transfer.auto.lastBlocks", "are for fine-tune, which is not among transfer.auto.methods")
    expect(
      sources["transfer.auto.ranks"] == nil || search.methods.contains(.lora),
      "transfer.auto.ranks", "are for lora, which is not among transfer.auto.methods")
    expect(
      sources["transfer.auto.heads"] == nil || search.methods.contains(.head),
      "transfer.auto.heads", "are for head, which is not among transfer.auto.methods")
  }
}

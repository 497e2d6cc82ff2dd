extension PlanSchema {
  /// What is added to a frozen backbone, and `transfer.prompt`.
  static let adapterKeys: [PlanKey] = [
    PlanKey(
      "transfer.rank", \.plan.transfer.rank, .wholeNumber(.range(1, 4096)),
      "lora: the rank of the adapters"),
    PlanKey(
      "transfer.alpha", \.plan.transfer.alpha, .number(.above(0)),
      "lora: their results are multiplied by alpha / rank"),
    PlanKey(
      "transfer.targets", \.plan.transfer.targets, .patterns,
      "lora, ia3, adapters: the layers that get one, by the end of their names or by glob patterns; "
        + "none: the usual ones of the backbone"),
    PlanKey(
      "transfer.adapter.size", \.plan.transfer.adapter.size,
      .wholeNumber(.range(1, 65_536)), "adapters: the width of the bottleneck"),
    PlanKey(
      "transfer.adapter.placement", \.plan.transfer.adapter.placement, .choice,
      "adapters: behind attention and feed-forward, or behind the feed-forward alone"),
    PlanKey(
      "transfer.adapter.tokens", \.plan.transfer.adapter.tokens, .wholeNumber(.range(1, 65_536)),
      "prompt, prefix: the number of virtual tokens"),
    PlanKey(
      "transfer.adapter.from", \.plan.transfer.adapter.from, PlanValue.path.optional,
      "a folder of Hugging Face's PEFT (or model/adapter of a run) to start from, with its settings"
    ),
    PlanKey(
      "transfer.prompt.template", \.prompt.template, .text,
      "a masked language model's words classify: text with {text} and {mask} once each, "
        + "as \"{text} It was {mask}.\"", .requiredInSection),
    PlanKey(
      "transfer.prompt.words", \.prompt.words, .words,
      "a word of its vocabulary for each class: {positive: great, negative: terrible}",
      .requiredInSection),
  ]
}

extension PlanValue where Value == [PromptPlan.Word] {
  static let words = PlanValue("a word for each class", show: { _ in nil }) { node, _ in
    guard case .mapping(let entries) = node.content else {
      throw node.mismatch("a word for each class, as {positive: great, negative: terrible}")
    }
    return try entries.map { entry in
      guard !entry.isRepeated else { throw PlanMismatch("has \(entry.key) twice; keep one") }
      let word = try entry.value.text("a word")
      guard !word.isEmpty else { throw PlanMismatch("has no word for \(entry.key)") }
      return PromptPlan.Word(entry.key, word)
    }
  }
}

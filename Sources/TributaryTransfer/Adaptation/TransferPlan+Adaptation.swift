internal import TributaryCore
internal import TributaryModels
internal import TributaryPlan
internal import TributaryStorage

extension TransferPlan {
  /// What the method adds to a backbone, as PEFT would say it; nil: nothing.
  private var addition: JSON? {
    let targets: JSON.Member? =
      self.targets.isEmpty ? nil : ("target_modules", .array(self.targets.map(JSON.string)))
    func settings(_ kind: String, _ members: [JSON.Member] = []) -> JSON {
      .object([("peft_type", .string(kind))] + members + (targets.map { [$0] } ?? []))
    }
    let tokens = [("num_virtual_tokens", JSON.integer(adapter.tokens))] as [JSON.Member]
    switch method {
    case .head, .fineTune, .bias, .norms: return nil
    case .lora: return settings("LORA", [("r", .integer(rank)), ("lora_alpha", .number(alpha))])
    case .ia3: return settings("IA3")
    case .adapters:
      return settings(
        "BOTTLENECK",
        [("size", .integer(adapter.size)), ("placement", .string(adapter.placement.rawValue))])
    case .prompt: return settings("PROMPT_TUNING", tokens)
    case .prefix: return settings("PREFIX_TUNING", tokens)
    case .shift: return settings("SHIFT")
    }
  }

  /// `loaded` with what the method adds, freshly drawn under `key` or from the folder that the plan names.
  ///
  /// - Throws: `model.adaptation`, `transfer.targets`, and what reading the folder throws.
  func adapted(_ loaded: LoadedModel, key: RandomKey) throws -> LoadedModel {
    guard let addition else { return loaded }
    if let folder = adapter.from, let kind = addition["peft_type"]?.string {
      return try loaded.adapted(fromPEFT: folder, kind: kind, key: key)
    }
    return try loaded.adapted(by: addition, key: key)
  }

  /// `loaded`, a masked language model, as the classifier that the plan's prompt makes of it; itself without one.
  func prompted(_ loaded: LoadedModel, classes: [String]?) throws -> LoadedModel {
    guard let prompt, let words = classes.flatMap(prompt.words(of:)) else { return loaded }
    return try loaded.classifying(template: prompt.template, words: words)
  }
}

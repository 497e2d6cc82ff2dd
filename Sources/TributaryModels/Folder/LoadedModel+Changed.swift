public import TributaryCore
internal import TributaryNN
public import TributaryStorage

extension LoadedModel {
  /// This model with adapters, prompts or a prefix added, freshly initialised; itself where it has the same already.
  ///
  /// - Parameter json: as PEFT's `adapter_config.json` (`Adaptation`).
  /// - Throws: `model.adaptation`, `transfer.targets`.
  public func adapted(by json: JSON, key: RandomKey) throws -> LoadedModel {
    if let own = model.adaptation {
      let wanted = try AdaptationRegistry.make(json, of: model.unadapted)
      if wanted.json == own.json { return self }
    }
    let adapted = try AdaptedModel(model, by: json)
    let added = adapted.adaptation?.initialTensors(beside: tensors, key: key) ?? [:]
    return LoadedModel(
      model: adapted, tensors: tensors.merging(added), assets: assets,
      freshTensors: freshTensors.union(added.names))
  }

  /// A masked language model as a classifier by its words (`Cloze`).
  ///
  /// - Parameters:
  ///   - template: with `{text}` and `{mask}` once each.
  ///   - words: one a class, in label order.
  /// - Throws: `model.cloze`, also where the checkpoint has no masked language model's head.
  public func classifying(template: String, words: [String]) throws -> LoadedModel {
    let isNew = freshTensors.count == tensors.count
    guard isNew || freshTensors.isDisjoint(with: model.headTensorNames) else {
      throw TributaryError(
        "model.cloze", "the checkpoint has no masked language model's head to score words with",
        advice: "take one that transformers' BertForMaskedLM saved, or leave transfer.prompt out")
    }
    var configuration = model.configuration
    configuration.objective = .classification
    configuration.classes = words.count
    configuration.cloze = try Cloze(
      template: template, words: words, tokenizer: tokenizer()
    ).json
    return LoadedModel(
      model: try ModelRegistry.make(configuration), tensors: tensors, assets: assets,
      freshTensors: freshTensors)
  }

  /// How a text becomes this model's tokens, at most `maximumTokens`: in its template, where it has one.
  ///
  /// - Parameter tokenizer: this model's.
  /// - Throws: `model.cloze` where the template leaves no place for a text.
  public func encoder(
    _ tokenizer: any Tokenizer, maximumTokens: Int
  ) throws -> @Sendable (String) -> [Int32] {
    guard let template = configuration.cloze?["template"]?.string else {
      return { tokenizer.encode($0, maximumTokens: maximumTokens) }
    }
    let parts = try ClozeTemplate(template, tokenizer: tokenizer)
    guard parts.count < maximumTokens else {
      throw Cloze.error(
        "the template alone is \(parts.count) tokens of at most \(maximumTokens)",
        advice: "raise data.text.maximumTokens, or shorten transfer.prompt.template")
    }
    return { parts.encode($0, maximumTokens: maximumTokens) }
  }

  /// This model with `tensors` as its own, without adapters where a plain model can do the same: what is written.
  ///
  /// - Throws: `model.tensor` where one is missing.
  public func finished(_ tensors: ParameterTree<HostTensor>) throws -> LoadedModel {
    guard let plain = try model.merged(tensors) else {
      return LoadedModel(model: model, tensors: tensors, assets: assets, freshTensors: [])
    }
    return LoadedModel(model: model.unadapted, tensors: plain, assets: assets, freshTensors: [])
  }
}

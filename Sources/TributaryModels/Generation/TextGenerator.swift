public import TributaryCore
internal import TributaryNN
internal import TributaryTensor

/// Continues texts with a causal language model, one token at a time.
///
/// Earlier tokens' keys and values are kept, so a token costs one position. Draws are addressed by the
/// token's number under the key: the same model, prompt, settings and key give the same tokens.
public struct TextGenerator {
  private let model: any CausalLanguageModel
  private let tensors: ParameterTree<Tensor>

  /// - Throws: `generation.model` where the model cannot continue texts.
  public init(_ loaded: LoadedModel) throws {
    guard let model = loaded.model as? any CausalLanguageModel else {
      throw TributaryError(
        "generation.model", "a \(loaded.model.architecture) cannot continue a text",
        advice: "use a causal language model, such as gpt2")
    }
    self.model = model
    tensors = try loaded.tensors.mapValues { try Tensor($0) }
  }

  /// The prompt of a text from nothing; empty where the model has no such token.
  public var beginning: [Int32] { model.beginToken.map { [$0] } ?? [] }

  /// The tokens that follow `prompt`, up to `maximum` of them and no more than the model has positions for.
  /// An end token is the last one and is included.
  ///
  /// - Parameters:
  ///   - prompt: at least one token; `beginning` for a text from nothing.
  ///   - onToken: called with each token as soon as it is there; false stops.
  /// - Throws: `generation.prompt` where the prompt is empty, too long or no tokens of the model.
  public func tokens(
    after prompt: [Int32], maximum: Int, sampler: TokenSampler, key: RandomKey,
    onToken: (Int32) throws -> Bool = { _ in true }
  ) throws -> [Int32] {
    try check(prompt)
    let cache = KeyValueCache()
    var all = prompt
    var fresh = prompt
    while all.count - prompt.count < maximum, all.count < model.maximumTokens ?? .max {
      let scores = try scores(after: fresh, cache: cache)
      let next = sampler.token(
        scores: scores, previous: all, key: key.at(all.count - prompt.count))
      all.append(next)
      fresh = [next]
      let goesOn = try onToken(next)
      if !goesOn || model.endTokens.contains(next) { break }
    }
    return Array(all[prompt.count...])
  }

  /// The scores of the token that follows those in `cache` and `ids`.
  private func scores(after ids: [Int32], cache: KeyValueCache) throws -> [Float] {
    let pass = Pass(parameters: tensors)
    let hidden = try model.hiddenStates(
      Tensor(ids, shape: [1, ids.count]), cache: cache, pass)
    let last = hidden.sliced(axis: 1, (ids.count - 1)..<ids.count).reshaped([1, hidden.shape[2]])
    return try model.languageModelLogits(hidden: last, pass).floats()
  }

  private func check(_ prompt: [Int32]) throws {
    let limit = model.maximumTokens ?? .max
    guard (1...limit).contains(prompt.count) else {
      throw TributaryError(
        "generation.prompt", "the prompt has \(prompt.count) tokens, not 1 to \(limit)")
    }
    let vocabulary = Int32(clamping: model.vocabularySize ?? .max)
    guard let other = prompt.first(where: { !(0..<vocabulary).contains($0) }) else { return }
    throw TributaryError("generation.prompt", "\(other) is no token of the model")
  }
}

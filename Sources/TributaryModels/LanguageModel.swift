public import TributaryNN
public import TributaryTensor
internal import TributaryCore

/// A text model that can say which token stands at a place.
///
/// A causal model (GPT-2) says at each position which token follows; a masked one (BERT) says which token
/// belongs there.
public protocol LanguageModel: Model {
  /// Whether no position sees a later one, so that logits are about the next token.
  var isCausal: Bool { get }
  /// Every token's vector behind the last layer: `[batch, length, hidden]`.
  ///
  /// - Throws: as `features`.
  func hiddenStates(_ input: ModelInput, _ pass: Pass) throws -> Tensor
  /// Scores of all tokens of the vocabulary: hidden `[..., hidden]`, result `[..., vocabulary]`.
  ///
  /// - Throws: `model.objective` where the model was made for classification and has no such head.
  func languageModelLogits(hidden: Tensor, _ pass: Pass) throws -> Tensor
}

extension LanguageModel {
  /// The whole way from tokens to `[batch, length, vocabulary]`.
  public func languageModelLogits(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    try languageModelLogits(hidden: hiddenStates(input, pass), pass)
  }

  /// The mean cross-entropy of the labelled positions; the others cost nothing at the vocabulary.
  ///
  /// - Parameter labels: `[batch][length]`, a token id or `ignoredLabel`; for a causal model simply the
  ///   input's own ids, since position t is held against label t + 1, as in `transformers`.
  /// - Throws: `model.input` where the labels do not fit or none is left.
  public func languageModelLoss(
    _ input: ModelInput, labels: [[Int32]], _ pass: Pass
  ) throws -> Tensor {
    let ids = try tokens(input).ids
    let (rows, length) = (ids.shape[0], ids.shape[1])
    let vocabulary = Int32(clamping: vocabularySize ?? 0)
    guard labels.count == rows, labels.allSatisfy({ $0.count == length }) else {
      throw TributaryError("model.input", "the labels are not one a token of \(ids.shape)")
    }
    var places: [Int32] = []
    var targets: [Int32] = []
    for (row, list) in labels.enumerated() {
      for column in (isCausal ? 1 : 0)..<length where list[column] != ignoredLabel {
        guard (0..<vocabulary).contains(list[column]) else {
          throw TributaryError("model.input", "label \(list[column]) is no token")
        }
        places.append(Int32(row * length + column - (isCausal ? 1 : 0)))
        targets.append(list[column])
      }
    }
    guard !targets.isEmpty else {
      throw TributaryError("model.input", "no position of the batch has a label")
    }
    let hidden = try hiddenStates(input, pass)
    let chosen = embedding(
      hidden.reshaped([rows * length, hidden.shape[2]]), ids: Tensor(places, shape: [places.count]))
    return crossEntropy(
      logits: try languageModelLogits(hidden: chosen, pass),
      labels: Tensor(targets, shape: [targets.count]))
  }
}

/// The label of a position that no loss counts, as in PyTorch.
public let ignoredLabel: Int32 = -100

extension Model {
  /// The error of asking a model for what it was not made for.
  func otherObjective(_ wanted: Objective) -> TributaryError {
    TributaryError(
      "model.objective",
      "this \(architecture) was made for \(configuration.objective.rawValue), not \(wanted.rawValue)",
      advice: "load the folder with that objective")
  }
}

/// A language model that continues texts token by token.
public protocol CausalLanguageModel: LanguageModel {
  /// The token with which a text from nothing begins; nil: the model has none.
  var beginToken: Int32? { get }
  /// The tokens at which a text ends.
  var endTokens: Set<Int32> { get }
  /// The vectors of tokens that follow those in `cache`: ids int32 `[batch, length]` without padding, result
  /// `[batch, length, hidden]`. The cache then holds these tokens, too.
  ///
  /// - Throws: `model.input` where they are more than the model has positions.
  func hiddenStates(_ ids: Tensor, cache: KeyValueCache, _ pass: Pass) throws -> Tensor
}

extension CausalLanguageModel {
  public var isCausal: Bool { true }
}

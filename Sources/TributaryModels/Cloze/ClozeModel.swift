internal import TributaryCore
internal import TributaryNN
internal import TributaryStorage
internal import TributaryTensor

/// A masked language model as a classifier: a class scores what its word scores where the mask is (`Cloze`).
///
/// Features are the vector of the masked token, `[batch, hidden]`; the classifier is the language model's own head, of
/// the classes' words alone. It counts as backbone, so that what moves is what the method names.
struct ClozeModel: Model {
  let configuration: ModelConfiguration
  private let base: any MaskedLanguageModel
  private let cloze: Cloze

  /// - Throws: `model.cloze`, `model.configuration`.
  init(_ configuration: ModelConfiguration, _ json: JSON, entry: Architecture) throws {
    var inner = configuration
    inner.cloze = nil
    inner.objective = .languageModel
    guard let base = try entry.make(inner) as? any MaskedLanguageModel else {
      throw Cloze.error(
        "\(entry.name) is no masked language model",
        advice: "transfer.prompt needs BERT, DistilBERT, RoBERTa or ALBERT")
    }
    self.base = base
    cloze = try Cloze(json, vocabulary: base.vocabularySize ?? 0)
    guard cloze.words.count == configuration.classes else {
      throw Cloze.error("\(cloze.words.count) words for \(configuration.classes) classes")
    }
    self.configuration = configuration
  }

  var tensors: [TensorSpec] { base.tensors }
  var headTensorNames: Set<String> { [] }
  var featureCount: Int { base.featureCount }
  var maximumTokens: Int? { base.maximumTokens }
  var vocabularySize: Int? { base.vocabularySize }
  var layerNames: [String] { base.layerNames }
  var transformer: TransformerShape? { base.transformer }

  func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    let batch = try tokens(input)
    let hidden = try base.hiddenStates(input, pass)
    let (rows, length, size) = (hidden.shape[0], hidden.shape[1], hidden.shape[2])
    let places = try batch.lastTokens.enumerated().map { row, last in
      let place = cloze.maskIndex >= 0 ? cloze.maskIndex : last + 1 + cloze.maskIndex
      guard (0...last).contains(place) else {
        throw TributaryError("model.input", "a text has no place for the mask of its template")
      }
      return Int32(row * length + place)
    }
    return embedding(hidden.reshaped([rows * length, size]), ids: Tensor(places, shape: [rows]))
  }

  func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    try base.languageModelLogits(hidden: features, among: cloze.wordIDs, pass)
  }

  func modelName(forCheckpoint name: String) -> String? { base.modelName(forCheckpoint: name) }
}

/// A language model that says which token belongs where one is hidden.
protocol MaskedLanguageModel: LanguageModel {
  /// Scores of some tokens: hidden `[..., hidden]`, result `[..., words]`.
  func languageModelLogits(hidden: Tensor, among words: [Int32], _ pass: Pass) throws -> Tensor
}

internal import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryTensor

extension Model {
  /// The logits of every row that can have a label, `[rows, classes]`: a row an example, or for a language
  /// model a row a position.
  func rowLogits(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    guard configuration.objective == .languageModel, let model = self as? any LanguageModel else {
      return try logits(input, pass)
    }
    let scores = try model.languageModelLogits(input, pass)
    return scores.reshaped([-1, scores.shape[2]])
  }
}

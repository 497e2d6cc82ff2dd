/// How Hugging Face calls an architecture: what its `config.json` says and `transformers` looks for.
///
/// Such an architecture's `settings` are Hugging Face's whole `config.json`, which is written again.
struct HuggingFaceNames: Sendable {
  /// `"model_type"`: decides which architecture a folder holds.
  let modelType: String
  /// What the names of the classes begin with: `Bert`.
  let prefix: String
  /// What the name of the class with a language model's head ends with.
  var languageModel = "ForMaskedLM"
  /// Whether the classifier looks for the last token that is not padding, so that `config.json` must say
  /// which token that is.
  var classifierNeedsPadding = false

  /// The class for an objective, which `"architectures"` names.
  func className(_ objective: Objective, _ pooling: Pooling) -> String {
    switch (objective, pooling) {
    case (.languageModel, _): prefix + languageModel
    case (.classification, .cls): prefix + "ForSequenceClassification"
    case (.classification, .mean): prefix + "Model"
    }
  }
}

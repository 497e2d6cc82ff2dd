public import TributaryCore
internal import TributaryNN
internal import TributaryStorage

extension ModelFolder {
  /// A new text model that knows `words` by their vectors; all else is drawn.
  ///
  /// - Throws: `model.architecture` for an unknown name, or an architecture without a table of words.
  public static func new(
    architecture: String, classes: Int, classNames: [String]? = nil, words: WordVectors,
    heads: [Int]? = nil, key: RandomKey
  ) throws -> LoadedModel {
    let entry = try ModelRegistry.entry(architecture)
    guard let embedding = entry.wordEmbedding else {
      let known = ModelRegistry.architectures.filter { $0.wordEmbedding != nil }.map(\.name)
      throw TributaryError(
        "model.architecture", "\(entry.name) has no table of words for backbone.wordVectors",
        advice: "use one of \(known.joined(separator: ", "))")
    }
    let model = try ModelRegistry.make(
      ModelConfiguration(
        architecture: entry.name, classes: classes, classNames: classNames,
        settings: .object([
          ("vocabulary_size", .integer(words.vocabularyCount)),
          ("embedding_size", .integer(words.dimension)),
        ]), heads: heads))
    let tensors = model.tensors.map { spec in
      (spec.name, spec.name == embedding ? words.table : spec.makeTensor(key: key))
    }
    return LoadedModel(
      model: model, tensors: ParameterTree(tensors),
      assets: ["tokenizer.json": words.tokenizer],
      freshTensors: Set(model.tensors.map(\.name)).subtracting([embedding]))
  }
}

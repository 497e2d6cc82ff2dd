public import TributaryCore
internal import TributaryNN
internal import TributaryStorage

/// A model with its tensors and the files it needs beside them.
public struct LoadedModel: Sendable {
  public var model: any Model
  /// Exactly the model's tensors, as float32.
  public var tensors: ParameterTree<HostTensor>
  /// Small files by name: `config.json` always, a tokenizer's for text. With the tensors they are all that
  /// another party needs.
  public var assets: [String: Bytes]
  /// The tensors that no checkpoint gave a value.
  public var freshTensors: Set<String>

  public var configuration: ModelConfiguration { model.configuration }

  init(
    model: any Model, tensors: ParameterTree<HostTensor>, assets: [String: Bytes],
    freshTensors: Set<String>
  ) {
    self.model = model
    self.tensors = tensors
    self.assets = assets
    self.freshTensors = freshTensors
    self.assets["config.json"] = model.configuration.folderConfiguration()
  }

  /// The model that these files and tensors make: the receiving side of a transfer.
  ///
  /// - Throws: `model.*` where `config.json` is missing or wrong, or tensors do not fit the architecture.
  public init(assets: [String: Bytes], tensors: ParameterTree<HostTensor>) throws {
    guard let bytes = assets["config.json"] else {
      throw TributaryError("model.configuration", "the model has no config.json")
    }
    let model = try ModelRegistry.make(ModelConfiguration(folderConfiguration: bytes))
    try Self.check(tensors, fit: model)
    self.init(model: model, tensors: tensors, assets: assets, freshTensors: [])
  }

  /// The same model with new random values in every tensor: training from scratch.
  public func reinitialized(key: RandomKey) -> LoadedModel {
    LoadedModel(
      model: model, tensors: model.initialTensors(key: key), assets: assets,
      freshTensors: Set(model.tensors.map(\.name)))
  }

  /// The tokenizer of a text model: that of its characters where its settings list them, else that of its files.
  ///
  /// - Throws: `tokenizer.*`; `tokenizer.vocabulary` where it has more tokens than the model.
  public func tokenizer() throws -> any Tokenizer {
    if let tokenizer = CharacterTokenizer(configuration) { return tokenizer }
    let tokenizer = try TokenizerFolder.tokenizer(assets: assets)
    if let size = model.vocabularySize, tokenizer.vocabularyCount > size {
      throw TributaryError(
        "tokenizer.vocabulary",
        "the tokenizer has \(tokenizer.vocabularyCount) tokens, the model \(size)",
        advice: "the tokenizer's files and model.safetensors belong to different models")
    }
    return tokenizer
  }

  private static func check(_ tensors: ParameterTree<HostTensor>, fit model: any Model) throws {
    for spec in model.tensors {
      guard let tensor = tensors[spec.name] else {
        throw TributaryError("model.tensor", "\(model.architecture): \(spec.name) is missing")
      }
      guard tensor.shape == spec.shape, tensor.dtype == .float32 else {
        throw TributaryError(
          "model.tensor",
          "\(model.architecture): \(spec.name) is \(tensor.dtype.rawValue) \(tensor.shape), not F32 "
            + "\(spec.shape)")
      }
    }
    guard tensors.count == model.tensors.count else {
      let known = Set(model.tensors.map(\.name))
      let surplus = tensors.names.first { !known.contains($0) } ?? ""
      throw TributaryError("model.tensor", "\(model.architecture) has no tensor \(surplus)")
    }
  }
}

internal import TributaryCore
internal import TributaryNN
internal import TributaryStorage
internal import TributaryTensor

/// Prompt tuning (Lester et al. 2021): learned vectors in front of a text's word vectors; they begin as the vectors of
/// words drawn from the model's table.
///
/// With `.cls` pooling an encoder's classifier reads the first of them, as in PEFT; with `.mean` the text alone.
struct PromptAdaptation: Adaptation {
  static let kind = "PROMPT_TUNING"
  let adapters: Adapters
  private let prompt: SoftPrompt
  private let shape: TransformerShape

  init(_ json: JSON, of model: any Model) throws {
    shape = try model.promptable()
    let count = try AdapterSettings(json, of: model).virtualTokens(of: model)
    prompt = SoftPrompt(
      count: count, size: shape.embeddingSize,
      initializer: .normal(standardDeviation: shape.initializerRange))
    adapters = Adapters(prompt: prompt)
  }

  var tensors: [TensorSpec] { [prompt.tensor] }
  var reservedTokens: Int { prompt.tensor.shape[0] }
  var settings: [JSON.Member] {
    let own: [JSON.Member] = [("prompt_tuning_init", .string("RANDOM"))]
    return shape.promptSettings(count: reservedTokens) + own
  }

  func initialTensors(
    beside backbone: ParameterTree<HostTensor>, key: RandomKey
  ) -> ParameterTree<HostTensor> {
    let name = prompt.tensor.name
    guard let host = shape.wordTable.flatMap({ backbone[$0] }), let table = try? Tensor(host) else {
      return [name: prompt.tensor.makeTensor(key: key)]
    }
    var stream = key.at(name).generator
    let rows = (0..<reservedTokens).map { _ in
      Int32(min(table.shape[0] - 1, Int(stream.uniform() * Float(table.shape[0]))))
    }
    return [name: embedding(table, ids: Tensor(rows, shape: [rows.count])).host()]
  }
}

extension Model {
  /// - Throws: `model.adaptation` where the model takes no virtual tokens.
  func promptable() throws -> TransformerShape {
    guard let shape = transformer, shape.wordTable != nil else {
      throw AdaptationRegistry.error(
        "\(architecture) takes no prompts: they stand in front of a transformer's words",
        advice: "use BERT, DistilBERT, RoBERTa, ALBERT or GPT-2, or another transfer.method")
    }
    return shape
  }
}

extension AdapterSettings {
  /// How many virtual tokens there are; a text needs at least 3 places.
  func virtualTokens(of model: any Model) throws -> Int {
    let places = model.maximumTokens ?? 65_536
    let count = try size("num_virtual_tokens", default: 20, limit: 65_536)
    guard count + 3 <= places else {
      throw AdaptationRegistry.error(
        "\(count) virtual tokens leave no place for a text: \(model.architecture) has \(places)",
        advice: "lower transfer.adapter.tokens")
    }
    return count
  }
}

extension TransformerShape {
  /// What PEFT says of prompts and prefixes alike.
  func promptSettings(count: Int) -> [JSON.Member] {
    [
      ("num_attention_heads", .integer(heads)), ("num_layers", .integer(layers.count)),
      ("num_transformer_submodules", .integer(1)), ("num_virtual_tokens", .integer(count)),
      ("token_dim", .integer(size)),
    ]
  }
}

internal import TributaryCore
internal import TributaryNN
internal import TributaryStorage
internal import TributaryTensor

/// GPT-2 (Radford et al. 2019) with Hugging Face's names, weights of its linear layers `[inputs, outputs]`.
///
/// For classification it is `GPT2ForSequenceClassification`: a linear layer on the vector of the last token
/// that is not padding (on the mean with `.mean` pooling). As a language model it is `GPT2LMHeadModel`; its
/// head is the table of words, so that a classifier, too, can continue a text.
struct GPT2: CausalLanguageModel {
  static let registration = Architecture(
    name: "gpt2", headWeight: "score.weight", image: nil, isTransposed: true,
    huggingFace: HuggingFaceNames(
      modelType: "gpt2", prefix: "GPT2", languageModel: "LMHeadModel", classifierNeedsPadding: true),
    make: GPT2.init)

  let configuration: ModelConfiguration
  let tensors: [TensorSpec]
  let headTensorNames: Set<String>
  var featureCount: Int { sizes.hiddenSize }
  var maximumTokens: Int? { sizes.maximumPositions }
  var vocabularySize: Int? { sizes.vocabularySize }
  let beginToken: Int32?
  let endTokens: Set<Int32>
  var transformer: TransformerShape? {
    TransformerShape(sizes, wordTable: words.weight, layers: blocks.map(\.places))
  }
  let layerNames: [String]

  private let sizes: TransformerConfiguration
  private let words: Embedding
  private let positions: Embedding
  private let dropout: Dropout
  private let blocks: [GPT2Block]
  private let norm: LayerNorm
  private let score: ClassifierHead?
  private let naming: CheckpointNaming

  init(_ configuration: ModelConfiguration) throws {
    let reader = SettingsReader(try configuration.requireHuggingFaceSettings())
    let sizes = try Self.sizes(reader)
    self.configuration = configuration
    self.sizes = sizes
    let begin = reader.value(["bos_token_id"])?.value.integer
    beginToken = begin.flatMap { (0..<sizes.vocabularySize).contains($0) ? Int32($0) : nil }
    endTokens = try Self.endTokens(reader, vocabulary: sizes.vocabularySize)
    func table(_ name: String, _ count: Int) -> Embedding {
      Embedding(
        name, count: count, size: sizes.hiddenSize,
        initializer: .normal(standardDeviation: sizes.initializerRange))
    }
    words = table("transformer.wte", sizes.vocabularySize)
    positions = table("transformer.wpe", sizes.maximumPositions)
    dropout = Dropout("transformer.drop", probability: try reader.probability("embd_pdrop") ?? 0.1)
    layerNames = ["transformer.drop"] + (0..<sizes.layers).map { "transformer.h.\($0)" }
    blocks = layerNames.dropFirst().map { GPT2Block($0, sizes) }
    norm = LayerNorm("transformer.ln_f", size: sizes.hiddenSize, epsilon: sizes.layerNormEpsilon)
    score =
      configuration.objective == .classification
      ? ClassifierHead("score", classes: configuration.classes, bias: false, sizes) : nil
    let head = score?.tensors ?? []
    tensors =
      words.tensors + positions.tensors + blocks.flatMap(\.tensors) + norm.tensors + head
    headTensorNames = Set(head.map(\.name))
    naming = CheckpointNaming(
      base: "transformer.", baseParts: ["wte.", "wpe.", "h.", "ln_f."],
      otherHeads: ["lm_head.", "score.", "multiple_choice_head."],
      // Triangular masks, which early checkpoints carry.
      computed: [".attn.bias", ".attn.masked_bias"], known: Set(tensors.map(\.name)))
  }

  func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    let batch = try tokens(input)
    let x = try hiddenStates(batch, pass)
    if configuration.pooling == .mean { return configuration.pooling(x, mask: batch.mask) }
    let (rows, length) = (x.shape[0], x.shape[1])
    let last = batch.lastTokens.enumerated().map { Int32($0.offset * length + $0.element) }
    return embedding(x.reshaped([rows * length, x.shape[2]]), ids: Tensor(last, shape: [rows]))
  }

  func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    guard let score else { throw otherObjective(.classification) }
    return try score(features, pass)
  }

  func hiddenStates(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    try hiddenStates(tokens(input), pass)
  }

  /// The texts' own, without those of a prompt in front.
  private func hiddenStates(_ batch: TokenBatch, _ pass: Pass) throws -> Tensor {
    try batch.texts(of: hiddenStates(batch.ids, mask: batch.mask(in: pass), cache: nil, pass))
  }

  func hiddenStates(_ ids: Tensor, cache: KeyValueCache, _ pass: Pass) throws -> Tensor {
    guard ids.rank == 2, cache.length + ids.shape[1] <= sizes.maximumPositions else {
      throw TributaryError(
        "model.input",
        "\(architecture) takes at most \(sizes.maximumPositions) tokens, not \(cache.length) and "
          + "\(ids.shape)")
    }
    return try hiddenStates(ids, mask: nil, cache: cache, pass)
  }

  func languageModelLogits(hidden: Tensor, _ pass: Pass) throws -> Tensor {
    try linear(hidden, weight: pass(words.weight))
  }

  func modelName(forCheckpoint name: String) -> String? { naming(name) }

  private func hiddenStates(
    _ ids: Tensor, mask: Tensor?, cache: KeyValueCache?, _ pass: Pass
  ) throws -> Tensor {
    let adapters = cache == nil ? pass.adapters : nil
    // A prefix of keys and values takes the first places.
    let start = cache?.length ?? adapters?.prefix?.count ?? 0
    var x = try words(ids, pass)
    if let prompt = adapters?.prompt { x = try prompt(before: x, pass) }
    let position = try positions.rows(start..<(start + x.shape[1]), pass)
    x = try dropout(x + position, pass)
    pass.capture(layerNames[0], x)
    for (index, block) in blocks.enumerated() {
      x = try pass.checkpointed(x) { try block($0, mask: mask, cache: cache, $1) }
      pass.capture(layerNames[index + 1], x)
    }
    return try norm(x, pass)
  }

  private static func sizes(_ reader: SettingsReader) throws -> TransformerConfiguration {
    let hidden = try reader.size("n_embd", "hidden_size", default: 768)
    var sizes = TransformerConfiguration(
      vocabularySize: try reader.size("vocab_size", default: 50257), hiddenSize: hidden,
      layers: try reader.size("n_layer", "num_hidden_layers", default: 12, limit: 1024),
      heads: try reader.size("n_head", "num_attention_heads", default: 12),
      intermediateSize: try reader.size("n_inner", default: 4 * hidden),
      maximumPositions: try reader.size("n_positions", "max_position_embeddings", default: 1024))
    sizes.activation = try .init("activation_function", reader, default: .geluTanh)
    sizes.layerNormEpsilon = try reader.number("layer_norm_epsilon", default: 1e-5)
    sizes.hiddenDropout = try reader.probability("resid_pdrop") ?? 0.1
    sizes.attentionDropout = try reader.probability("attn_pdrop") ?? 0.1
    sizes.classifierDropout = 0
    sizes.initializerRange = try reader.number("initializer_range", default: 0.02)
    try reader.require("scale_attn_weights", .bool(true))
    try reader.require("scale_attn_by_inverse_layer_idx", .bool(false))
    try reader.require("add_cross_attention", .bool(false))
    try reader.require("tie_word_embeddings", .bool(true))
    try sizes.check()
    return sizes
  }

  /// One id or a list of them; ids outside the vocabulary never come up.
  private static func endTokens(_ reader: SettingsReader, vocabulary: Int) throws -> Set<Int32> {
    guard let value = reader.value(["eos_token_id"])?.value else { return [] }
    let ids = value.array?.compactMap(\.integer) ?? value.integer.map { [$0] } ?? []
    return Set(ids.filter { (0..<vocabulary).contains($0) }.map { Int32($0) })
  }
}

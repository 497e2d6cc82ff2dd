internal import TributaryCore
public import TributaryNN
public import TributaryTensor

/// A sequence-to-sequence LSTM with attention (Luong et al. 2015, arXiv:1508.04025, "general" scores): a
/// bidirectional encoder whose joined final states begin the decoder's; classes: the target's tokens.
///
/// With decoder state h and encoder states e: weights = softmax(h W e), c = weights e, and the scores of the
/// next token are classifier(tanh(V [c; h])).
///
/// Settings: `vocabulary_size` (the source's) as many as classes, `embedding_size` 128, `hidden_size` 256 (the
/// decoder's, even), `layers` 1, `dropout` 0 between layers.
public struct Seq2SeqLSTM: Model {
  static let registration = Architecture(
    name: "seq2seq-lstm", headWeight: "classifier.weight", image: nil, make: Seq2SeqLSTM.init)

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let featureCount: Int
  public let layerNames = ["encoder.embedding", "decoder.embedding", "decoder.lstm"]
  public let vocabularySize: Int?
  private let sourceEmbedding: Embedding
  private let encoder: Recurrent
  private let targetEmbedding: Embedding
  private let decoder: Recurrent
  private let score: Linear
  private let joined: Linear
  private let classifier: Linear

  /// What the decoder looks at.
  struct Encoding {
    /// `[batch, source, featureCount]`
    let states: Tensor
    /// Float `[batch, 1, source]`: 0 at tokens and far below at padding.
    let closed: Tensor
    /// The decoder's first state, one a layer.
    let initial: [RecurrentState]
  }

  init(_ configuration: ModelConfiguration) throws {
    let settings = try RecurrentSettings(
      configuration.settings, vocabulary: configuration.classes)
    let hidden = settings.hidden
    guard hidden.isMultiple(of: 2) else {
      throw TributaryError("model.configuration", "config.json: hidden_size must be even")
    }
    self.configuration = configuration
    featureCount = hidden
    vocabularySize = settings.vocabulary
    sourceEmbedding = Embedding(
      "encoder.embedding", count: settings.vocabulary, size: settings.embedding)
    encoder = Recurrent(
      "encoder.lstm", cell: .lstm, inputs: settings.embedding, units: hidden / 2,
      layers: settings.layers, isBidirectional: true, dropout: settings.dropout)
    targetEmbedding = Embedding(
      "decoder.embedding", count: configuration.classes, size: settings.embedding)
    decoder = Recurrent(
      "decoder.lstm", cell: .lstm, inputs: settings.embedding, units: hidden,
      layers: settings.layers, dropout: settings.dropout)
    score = Linear("attention.score", inputs: hidden, outputs: hidden, bias: false)
    joined = Linear("attention.output", inputs: 2 * hidden, outputs: hidden, bias: false)
    classifier = Linear("classifier", inputs: hidden, outputs: configuration.classes)
    tensors =
      sourceEmbedding.tensors + encoder.tensors + targetEmbedding.tensors + decoder.tensors
      + score.tensors + joined.tensors + classifier.tensors
    headTensorNames = Set(classifier.tensors.map(\.name))
  }

  /// With the target given (teacher forcing), `[batch * target length, featureCount]`.
  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    guard case .pairs(let source, let mask, let target) = input, source.rank == 2,
      mask.shape == source.shape, target.rank == 2, target.shape[0] == source.shape[0]
    else {
      throw TributaryError("model.input", "\(architecture) takes pairs of texts")
    }
    let encoding = try encode(source, mask: mask, pass)
    return try decode(target, encoding, from: encoding.initial, pass).features
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    try classifier(features, pass)
  }

  func encode(_ source: Tensor, mask: Tensor, _ pass: Pass) throws -> Encoding {
    let lengths = TokenBatch(ids: source, mask: mask, segments: nil).lengths
    let x = try sourceEmbedding(source, pass)
    pass.capture("encoder.embedding", x)
    let (output, final) = try encoder(x.permuted([1, 0, 2]), lengths: lengths, pass)
    let initial = stride(from: 0, to: final.count, by: 2).map { layer in
      let pair = final[layer...layer + 1]
      return RecurrentState(
        hidden: .concatenated(pair.map(\.hidden), axis: 1),
        cell: .concatenated(pair.compactMap(\.cell), axis: 1))
    }
    return Encoding(
      states: output.permuted([1, 0, 2]),
      closed: (mask - 1).reshaped([mask.shape[0], 1, mask.shape[1]]) * 1e9, initial: initial)
  }

  /// Runs the decoder over `target` `[batch, length]` and looks back from every position at once.
  func decode(
    _ target: Tensor, _ encoding: Encoding, from state: [RecurrentState], _ pass: Pass
  ) throws -> (features: Tensor, final: [RecurrentState]) {
    let x = try targetEmbedding(target, pass)
    pass.capture("decoder.embedding", x)
    let (output, final) = try decoder(x.permuted([1, 0, 2]), initial: state, pass)
    let hidden = output.permuted([1, 0, 2])
    pass.capture("decoder.lstm", hidden)
    let scores = matmul(try score(hidden, pass), encoding.states, transposeB: true)
    let context = matmul(softmax(scores + encoding.closed), encoding.states)
    let both = Tensor.concatenated([context, hidden], axis: 2)
    return (try joined(both, pass).tanh().reshaped([-1, featureCount]), final)
  }
}

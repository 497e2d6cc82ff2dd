public import TributaryCore
public import TributaryNN
public import TributaryTensor

/// Vision transformers (Dosovitskiy et al. 2021, arXiv:2010.11929; Touvron et al. 2021, arXiv:2012.12877) on
/// patches of 16x16 pixels with timm's names: 5,717,416 parameters for 1,000 classes in size tiny, 22,050,664
/// in small, 86,567,656 in base.
///
/// The DeiT models without a distillation token are the same networks. Images of any multiple of 16 pixels; position embeddings of another size than the model's are resized as timm
/// does. Settings: `depth`, the number of blocks (12), `dropout` in front of the classifier and `stochastic_depth`
/// of the last block (both 0), the others in proportion to their depth.
public struct VisionTransformer: Model {
  static let registrations = [
    registration("tiny", size: 192, heads: 3), registration("small", size: 384, heads: 6),
    registration("base", size: 768, heads: 12),
  ]

  private static func registration(_ name: String, size: Int, heads: Int) -> Architecture {
    Architecture(
      name: "vit_\(name)_patch16_224", aliases: ["deit_\(name)_patch16_224"],
      headWeight: "head.weight", firstConvolution: "patch_embed.proj.weight",
      image: { .standard(.half, channels: 3, side: 224, request: $0) },
      make: { try VisionTransformer($0, size: size, heads: heads) })
  }

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let layerNames: [String]
  public let featureCount: Int
  public let transformer: TransformerShape?
  private let grid: PatchGrid
  private let projection: Conv2D
  private let token: TensorSpec
  private let positions: TensorSpec
  private let blocks: [VisionTransformerBlock]
  private let norm: LayerNorm
  private let dropout: Dropout
  private let head: Linear

  private init(_ configuration: ModelConfiguration, size: Int, heads: Int) throws {
    let image = try configuration.requireImage()
    let settings = SettingsReader(configuration.settings)
    let layers = try settings.size("depth", default: 12, limit: 1024)
    let lastDepth = try settings.probability("stochastic_depth") ?? 0
    self.configuration = configuration
    grid = try PatchGrid(image, side: 16)
    projection = Conv2D(
      "patch_embed.proj", inputs: image.channels, outputs: size, kernel: grid.side,
      stride: grid.side)
    token = TensorSpec(
      "cls_token", [1, 1, size], initializer: .normal(standardDeviation: 1e-6))
    positions = TensorSpec(
      "pos_embed", [1, 1 + grid.rows * grid.columns, size],
      initializer: VisionTransformerBlock.normal)
    blocks = (0..<layers).map {
      VisionTransformerBlock(
        "blocks.\($0)", size: size, heads: heads,
        depth: lastDepth * Float($0) / Float(max(1, layers - 1)))
    }
    norm = LayerNorm("norm", size: size, epsilon: VisionTransformerBlock.epsilon)
    head = Linear(
      "head", inputs: size, outputs: configuration.classes,
      initializer: VisionTransformerBlock.normal)
    dropout = Dropout(
      "head_drop", probability: try settings.probability("dropout") ?? 0, guarding: head.weight)
    featureCount = size
    tensors =
      [token, positions] + projection.tensors + blocks.flatMap(\.tensors) + norm.tensors
      + head.tensors
    headTensorNames = Set(head.tensors.map(\.name))
    layerNames = blocks.map(\.name)
    transformer = TransformerShape(
      layers: blocks.map(\.places), size: size, heads: heads, wordTable: nil, embeddingSize: size,
      initializerRange: 0.02)
  }

  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    let patches = grid.patches(of: try images(input))
    let weight = try projection.kernel(pass)
    let embedded = linear(
      patches, weight: weight.reshaped([featureCount, -1]),
      bias: try projection.bias.map { try pass($0) })
    let first = try pass(token.name).broadcast(to: [patches.shape[0], 1, featureCount])
    var x = Tensor.concatenated([first, embedded], axis: 1) + (try pass(positions.name))
    for block in blocks { x = try pass.checkpointed(x, block.callAsFunction) }
    return try norm(x.sliced(axis: 1, 0..<1).reshaped([-1, featureCount]), pass)
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    try head(dropout(features, pass), pass)
  }

  /// Position embeddings of another image size.
  public func adapted(_ tensor: HostTensor, to spec: TensorSpec) -> HostTensor? {
    guard spec.name == positions.name, let tensor = try? Tensor(tensor) else { return nil }
    return grid.resizedPositions(tensor)?.host()
  }
}

/// One layer, norms in front of attention and feed-forward: `[B, T, size]` -> the same.
private struct VisionTransformerBlock: Sendable {
  static let epsilon: Float = 1e-6
  static let normal = Initializer.normal(standardDeviation: 0.02)

  let name: String
  private let norm1: LayerNorm
  private let qkv: Linear
  private let projection: Linear
  private let norm2: LayerNorm
  private let widen: Linear
  private let narrow: Linear
  private let heads: Int
  private let depths: [StochasticDepth]

  init(_ name: String, size: Int, heads: Int, depth probability: Float) {
    self.name = name
    self.heads = heads
    func layer(_ part: String, _ inputs: Int, _ outputs: Int) -> Linear {
      Linear("\(name).\(part)", inputs: inputs, outputs: outputs, initializer: Self.normal)
    }
    norm1 = LayerNorm("\(name).norm1", size: size, epsilon: Self.epsilon)
    qkv = layer("attn.qkv", size, 3 * size)
    projection = layer("attn.proj", size, size)
    norm2 = LayerNorm("\(name).norm2", size: size, epsilon: Self.epsilon)
    widen = layer("mlp.fc1", size, 4 * size)
    narrow = layer("mlp.fc2", 4 * size, size)
    depths = (1...2).map { StochasticDepth("\(name).drop_path\($0)", probability: probability) }
  }

  var tensors: [TensorSpec] {
    norm1.tensors + qkv.tensors + projection.tensors + norm2.tensors + widen.tensors
      + narrow.tensors
  }

  var places: TransformerShape.Layer {
    let projected = "\(name).attn.qkv"
    return TransformerShape.Layer(
      query: projected, key: projected, value: projected, attentionOutput: "\(name).attn.proj",
      output: "\(name).mlp.fc2")
  }

  func callAsFunction(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let middle = x + depths[0](try attended(norm1(x, pass), pass), pass)
    let inner = try narrow(widen(norm2(middle, pass), pass).gelu(), pass)
    let result = middle + depths[1](inner, pass)
    pass.capture(name, result)
    return result
  }

  private func attended(_ x: Tensor, _ pass: Pass) throws -> Tensor {
    let (batch, length, size) = (x.shape[0], x.shape[1], x.shape[2])
    let packed = try qkv(x, pass).reshaped([batch, length, 3, heads, size / heads])
    let parts = (0..<3).map { index in
      packed.sliced(axis: 2, index..<(index + 1)).reshaped([batch, length, heads, size / heads])
        .permuted([0, 2, 1, 3])
    }
    let context = attention(query: parts[0], key: parts[1], value: parts[2])
    return try projection(context.permuted([0, 2, 1, 3]).reshaped(x.shape), pass)
  }
}

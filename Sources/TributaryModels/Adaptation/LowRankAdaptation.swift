internal import TributaryCore
internal import TributaryNN
internal import TributaryStorage

/// LoRA (Hu et al. 2021) beside linear layers, GPT-2's transposed ones and convolutions of one group; usually beside
/// what gives a transformer's queries and values.
struct LowRankAdaptation: Adaptation {
  static let kind = "LORA"
  static let isMergeable = true
  let tensors: [TensorSpec]
  let adapters: Adapters
  private let rank: Int
  private let alpha: Double
  private let layers: [TensorSpec]

  init(_ json: JSON, of model: any Model) throws {
    let reader = AdapterSettings(json, of: model)
    try reader.require("bias", .string("none"))
    for name in ["use_rslora", "use_dora", "lora_bias"] { try reader.require(name, .bool(false)) }
    for name in ["rank_pattern", "alpha_pattern"] { try reader.require(name, .object([])) }
    rank = try reader.size("r", default: 8, limit: 4096)
    alpha = try reader.positive("lora_alpha", default: 8)
    layers = try reader.layers(
      usual: (model.transformer?.layers ?? []).flatMap { [$0.query, $0.value] },
      kinds: Set(LayerKind.allCases))
    let scale = Float(alpha / Double(rank))
    let own = layers.map { [rank] in LowRankAdapter(beside: $0, rank: rank, scale: scale) }
    tensors = own.flatMap(\.tensors)
    adapters = Adapters(
      layers: Dictionary(zip(layers.map(\.name), own), uniquingKeysWith: { first, _ in first }))
  }

  var settings: [JSON.Member] {
    [
      ("bias", .string("none")),
      ("fan_in_fan_out", .bool(layers.contains { $0.layer == .transposed })),
      ("lora_alpha", .number(alpha)), ("lora_dropout", .number(0)), ("r", .integer(rank)),
      ("target_modules", layers.layerNames),
    ]
  }
}

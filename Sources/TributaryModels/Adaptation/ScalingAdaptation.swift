internal import TributaryCore
internal import TributaryNN
internal import TributaryStorage

/// IA3 (Liu et al. 2022): usually a transformer's keys, values and feed-forward units are multiplied by learned
/// vectors. A layer that leads from a feed-forward's hidden units back has its inputs multiplied, any other its outputs.
struct ScalingAdaptation: Adaptation {
  static let kind = "IA3"
  static let isMergeable = true
  let tensors: [TensorSpec]
  let adapters: Adapters
  private let layers: [TensorSpec]
  /// Those whose inputs are multiplied.
  private let feedForward: [TensorSpec]

  init(_ json: JSON, of model: any Model) throws {
    let reader = AdapterSettings(json, of: model)
    let blocks = model.transformer?.layers ?? []
    let kinds: Set<LayerKind> = [.linear, .transposed]
    layers = try reader.layers(
      usual: blocks.flatMap { [$0.key, $0.value, $0.output] }, kinds: kinds)
    let outputs = Set(blocks.map(\.output))
    let isSaid = json["feedforward_modules"]?.array?.isEmpty == false
    let said =
      isSaid ? try reader.layers("feedforward_modules", usual: [], kinds: kinds).map(\.name) : nil
    feedForward = layers.filter { said?.contains($0.name) ?? outputs.contains($0.layerName) }
    let inputs = Set(feedForward.map(\.name))
    let own = layers.map { ScalingAdapter(beside: $0, scalesInputs: inputs.contains($0.name)) }
    tensors = own.flatMap(\.tensors)
    adapters = Adapters(
      layers: Dictionary(zip(layers.map(\.name), own), uniquingKeysWith: { first, _ in first }))
  }

  var settings: [JSON.Member] {
    [
      ("fan_in_fan_out", .bool(layers.contains { $0.layer == .transposed })),
      ("feedforward_modules", feedForward.layerNames), ("target_modules", layers.layerNames),
    ]
  }
}

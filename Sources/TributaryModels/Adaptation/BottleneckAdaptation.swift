internal import TributaryCore
internal import TributaryNN
internal import TributaryStorage

/// Bottleneck adapters in front of residuals: behind attention and feed-forward (`houlsby`, Houlsby et al. 2019), or
/// behind the feed-forward alone (`pfeiffer`, the place that Pfeiffer et al. 2021, arXiv:2005.00247, found enough).
///
/// Pfeiffer's adapter stands behind the feed-forward's norm there; here both stand behind the linear layer, in front of
/// dropout, residual and norm. PEFT has none of this kind.
struct BottleneckAdaptation: Adaptation {
  static let kind = "BOTTLENECK"
  static let isPEFT = false
  let tensors: [TensorSpec]
  let adapters: Adapters
  private let size: Int
  private let layers: [TensorSpec]

  init(_ json: JSON, of model: any Model) throws {
    let reader = AdapterSettings(json, of: model)
    try reader.require("placement", .string("houlsby"), .string("pfeiffer"))
    size = try reader.size("size", default: 64, limit: 65_536)
    let isBehindBoth = json["placement"]?.string != "pfeiffer"
    layers = try reader.layers(
      usual: (model.transformer?.layers ?? []).flatMap {
        isBehindBoth ? [$0.attentionOutput, $0.output] : [$0.output]
      }, kinds: [.linear, .transposed])
    let own = layers.map { [size] in BottleneckAdapter(beside: $0, size: size) }
    tensors = own.flatMap(\.tensors)
    adapters = Adapters(
      layers: Dictionary(zip(layers.map(\.name), own), uniquingKeysWith: { first, _ in first }))
  }

  var settings: [JSON.Member] {
    [("size", .integer(size)), ("target_modules", layers.layerNames)]
  }
}

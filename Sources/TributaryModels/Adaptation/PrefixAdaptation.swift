internal import TributaryCore
internal import TributaryNN
internal import TributaryStorage

/// Prefix tuning (Li & Liang 2021) as in P-tuning v2 (Liu et al. 2022): learned keys and values in front of every
/// layer's own. The text's positions begin behind the prefix's, as in PEFT.
struct PrefixAdaptation: Adaptation {
  static let kind = "PREFIX_TUNING"
  let adapters: Adapters
  private let prefix: KeyValuePrefix
  private let shape: TransformerShape

  init(_ json: JSON, of model: any Model) throws {
    let reader = AdapterSettings(json, of: model)
    try reader.require("prefix_projection", .bool(false))
    shape = try model.promptable()
    let keys = shape.layers.map { "\($0.key).weight" }
    guard Set(keys).count == keys.count else {
      throw AdaptationRegistry.error(
        "\(model.architecture)'s layers share their tensors, so that none has a prefix of its own",
        advice: "use transfer.method prompt")
    }
    prefix = KeyValuePrefix(
      count: try reader.virtualTokens(of: model), keys: keys, size: shape.size,
      initializer: .normal(standardDeviation: shape.initializerRange))
    adapters = Adapters(prefix: prefix)
  }

  var tensors: [TensorSpec] { [prefix.tensor] }
  var reservedTokens: Int { prefix.count }
  var settings: [JSON.Member] {
    let own: [JSON.Member] = [
      ("encoder_hidden_size", .integer(shape.size)), ("prefix_projection", .bool(false)),
    ]
    return shape.promptSettings(count: prefix.count) + own
  }
}

internal import TributaryCore
internal import TributaryStorage

/// MobileNetV2 as Keras, TensorFlow's slim and timm publish it.
extension MobileNetV2 {
  static let dialects = [keras, slim, timm]

  /// What Google's publications have in common: pixels in -1...1, SAME padding.
  private static let google = ImageRequest(
    mean: [0.5, 0.5, 0.5], standardDeviation: [0.5, 0.5, 0.5])

  private static let keras = CheckpointDialect(
    mark: "Conv1/kernel",
    settings: [("padding", .string("same")), ("norm_epsilon", .number(1e-3))],
    normalization: google
  ) { name in
    let parts = name.split(separator: "/").map(String.init)
    guard parts.count == 2, let tensor = kerasTensors[parts[1]] else { return name }
    if let whole = kerasLayers[parts[0]] { return "\(whole).\(tensor)" }
    var path = NamePath(parts[0])
    let index = path.take("block_") ? path.takeIndex() : path.take("expanded_conv_") ? 0 : nil
    guard let index else { return name }
    let isNorm = path.rest.hasSuffix("_BN")
    let kind = isNorm ? path.rest.dropLast(3) : path.rest
    return block(index, String(kind), isNorm: isNorm).map { "\($0).\(tensor)" } ?? name
  }

  private static let kerasTensors = [
    "kernel": "weight", "depthwise_kernel": "weight", "gamma": "weight", "beta": "bias",
    "bias": "bias", "moving_mean": "running_mean", "moving_variance": "running_var",
  ]
  private static let kerasLayers = [
    "Conv1": "features.0.0", "bn_Conv1": "features.0.1", "Conv_1": "features.18.0",
    "Conv_1_bn": "features.18.1", "predictions": "classifier.1",
  ]

  private static let slim = CheckpointDialect(
    mark: "MobilenetV2/Conv/weights",
    settings: [("padding", .string("same")), ("norm", .string("folded"))], normalization: google
  ) { name in
    var path = NamePath(name)
    guard path.take("MobilenetV2/") else { return name }
    let tensor = name.hasSuffix("/weights") ? "weight" : "bias"
    if path.take("Logits/") { return "classifier.1.\(tensor)" }
    if path.take("Conv/") { return "features.0.0.\(tensor)" }
    if path.take("Conv_1/") { return "features.18.0.\(tensor)" }
    let index =
      path.take("expanded_conv_") ? path.takeIndex() : path.take("expanded_conv/") ? 0 : nil
    let kind = path.rest.prefix { $0 != "/" }
    return index.flatMap { block($0, String(kind), isNorm: false) }.map { "\($0).\(tensor)" }
      ?? name
  }

  private static let timm = CheckpointDialect(mark: "conv_stem.weight") { name in
    guard let dot = name.lastIndex(of: ".") else { return name }
    let (layer, tensor) = (String(name[..<dot]), name[dot...])
    if let whole = timmLayers[layer] { return whole + tensor }
    var path = NamePath(layer)
    guard path.take("blocks."), let stage = path.takeIndex(), let member = path.takeIndex(),
      stage < stages.count
    else { return name }
    let index = stages[..<stage].reduce(0) { $0 + $1.1 } + member
    let parts = index == 0 ? timmFirstBlock : timmBlock
    guard let (kind, isNorm) = parts[String(path.rest)] else { return name }
    return block(index, kind, isNorm: isNorm).map { $0 + tensor } ?? name
  }

  private static let timmLayers = [
    "conv_stem": "features.0.0", "bn1": "features.0.1", "conv_head": "features.18.0",
    "bn2": "features.18.1", "classifier": "classifier.1",
  ]
  private static let timmFirstBlock = [
    "conv_dw": ("depthwise", false), "bn1": ("depthwise", true), "conv_pw": ("project", false),
    "bn2": ("project", true),
  ]
  private static let timmBlock = [
    "conv_pw": ("expand", false), "bn1": ("expand", true), "conv_dw": ("depthwise", false),
    "bn2": ("depthwise", true), "conv_pwl": ("project", false), "bn3": ("project", true),
  ]

  /// The layer of block `index` from 0 that does `kind`; the first block does not expand.
  private static func block(_ index: Int, _ kind: String, isNorm: Bool) -> String? {
    let name = "features.\(index + 1).conv"
    let first = index == 0 ? 0 : 1
    switch kind {
    case "expand" where index > 0: return "\(name).0.\(isNorm ? 1 : 0)"
    case "depthwise": return "\(name).\(first).\(isNorm ? 1 : 0)"
    case "project": return "\(name).\(first + (isNorm ? 2 : 1))"
    default: return nil
    }
  }

  /// The width, from the last block's channels.
  static func settings(_ shape: (String) -> Shape?) -> [(String, JSON)] {
    guard let channels = shape("features.17.conv.2.weight")?.first, channels != 320 else {
      return []
    }
    return [("width", .number(Double(channels) / 320))]
  }
}

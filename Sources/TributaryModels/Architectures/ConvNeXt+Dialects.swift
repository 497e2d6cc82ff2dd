internal import TributaryStorage

/// ConvNeXt as timm publishes it; its layer scale is `[C]` there (`adapted`).
extension ConvNeXt {
  static let timm = CheckpointDialect(mark: "stem.0.weight") { name in
    guard let dot = name.lastIndex(of: ".") else { return name }
    let (layer, tensor) = (String(name[..<dot]), name[dot...])
    if let whole = timmLayers[layer] { return whole + tensor }
    var path = NamePath(layer)
    guard path.take("stages."), let stage = path.takeIndex() else { return name }
    if path.take("downsample.") { return "features.\(2 * stage).\(path.rest)\(tensor)" }
    guard path.take("blocks.") else { return name }
    if tensor == ".gamma" { return "features.\(2 * stage + 1).\(path.rest).layer_scale" }
    guard let member = path.takeIndex(), let part = timmBlock[String(path.rest)] else {
      return name
    }
    return "features.\(2 * stage + 1).\(member).block.\(part)\(tensor)"
  }

  private static let timmLayers = [
    "stem.0": "features.0.0", "stem.1": "features.0.1", "head.norm": "classifier.0",
    "head.fc": "classifier.2",
  ]
  private static let timmBlock = ["conv_dw": 0, "norm": 2, "mlp.fc1": 3, "mlp.fc2": 5]
}

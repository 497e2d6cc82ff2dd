internal import TributaryStorage

/// EfficientNet as timm publishes it.
extension EfficientNet {
  static let timm = CheckpointDialect(mark: "conv_stem.weight") { name in
    guard let dot = name.lastIndex(of: ".") else { return name }
    let (layer, tensor) = (String(name[..<dot]), name[dot...])
    if let whole = timmLayers[layer] { return whole + tensor }
    var path = NamePath(layer)
    guard path.take("blocks."), let stage = path.takeIndex(), let member = path.takeIndex(),
      stages.indices.contains(stage),
      let part = (stages[stage].expansion == 1 ? timmNarrow : timmWide)[String(path.rest)]
    else { return name }
    return "features.\(stage + 1).\(member).block.\(part)\(tensor)"
  }

  private static let timmLayers = [
    "conv_stem": "features.0.0", "bn1": "features.0.1", "conv_head": "features.8.0",
    "bn2": "features.8.1", "classifier": "classifier.1",
  ]
  /// The parts of a block that widens.
  private static let timmWide = [
    "conv_pw": "0.0", "bn1": "0.1", "conv_dw": "1.0", "bn2": "1.1", "se.conv_reduce": "2.fc1",
    "se.conv_expand": "2.fc2", "conv_pwl": "3.0", "bn3": "3.1",
  ]
  private static let timmNarrow = [
    "conv_dw": "0.0", "bn1": "0.1", "se.conv_reduce": "1.fc1", "se.conv_expand": "1.fc2",
    "conv_pw": "2.0", "bn2": "2.1",
  ]
}

internal import TributaryStorage

/// MobileNetV3 as timm publishes it; the classifier's inner layer is a convolution there.
extension MobileNetV3 {
  /// - Parameter blocks: by timm's stage, how many there are.
  static func timm(_ sizes: [MobileNetV3Block.Sizes], blocks: [Int]) -> CheckpointDialect {
    CheckpointDialect(
      mark: "conv_stem.weight", settings: [("norm_epsilon", .number(1e-5))]
    ) { name in
      guard let dot = name.lastIndex(of: ".") else { return name }
      let (layer, tensor) = (String(name[..<dot]), name[dot...])
      let last = sizes.count + 1
      let whole = [
        "conv_stem": "features.0.0", "bn1": "features.0.1",
        "blocks.\(blocks.count).0.conv": "features.\(last).0",
        "blocks.\(blocks.count).0.bn1": "features.\(last).1", "conv_head": "classifier.0",
        "classifier": "classifier.3",
      ]
      if let found = whole[layer] { return found + tensor }
      var path = NamePath(layer)
      guard path.take("blocks."), let stage = path.takeIndex(), let member = path.takeIndex(),
        stage < blocks.count
      else { return name }
      let index = blocks[..<stage].reduce(0, +) + member
      guard index < sizes.count else { return name }
      return part(String(path.rest), isFirst: index == 0, isExcited: sizes[index].isExcited)
        .map { "features.\(index + 1).block.\($0)\(tensor)" } ?? name
    }
  }

  /// Where a block has what timm calls `layer`; the first block does not expand.
  private static func part(_ layer: String, isFirst: Bool, isExcited: Bool) -> String? {
    let depthwise = isFirst ? 0 : 1
    let project = depthwise + (isExcited ? 2 : 1)
    return switch layer {
    case "conv_dw": "\(depthwise).0"
    case isFirst ? "bn1" : "bn2": "\(depthwise).1"
    case "se.conv_reduce": "\(depthwise + 1).fc1"
    case "se.conv_expand": "\(depthwise + 1).fc2"
    case isFirst ? "conv_pw" : "conv_pwl": "\(project).0"
    case isFirst ? "bn2" : "bn3": "\(project).1"
    case "conv_pw": "0.0"
    case "bn1": "0.1"
    default: nil
    }
  }
}

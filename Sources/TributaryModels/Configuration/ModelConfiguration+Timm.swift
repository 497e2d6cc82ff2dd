internal import TributaryCore
internal import TributaryStorage

extension ModelConfiguration {
  /// Whether `json` is the `config.json` of one of timm's models.
  static func isTimm(_ json: JSON) -> Bool {
    json["architecture"]?.string != nil && json["format"] == nil && json["num_classes"] != nil
  }

  /// From the `config.json` that timm puts beside weights: architecture, `num_classes`, `label_names`, and under
  /// `pretrained_cfg` the images' size, mean and standard deviation.
  ///
  /// - Throws: `model.configuration`, `model.architecture`.
  init(timm json: JSON) throws {
    // Older files have everything at the top.
    let pretrained = json["pretrained_cfg"] ?? json
    guard let name = json["architecture"]?.string, let classes = json["num_classes"]?.integer else {
      throw TributaryError("model.configuration", "config.json: no architecture or no num_classes")
    }
    func numbers(_ key: String) throws -> [Float]? {
      guard let list = pretrained[key] else { return nil }
      guard let values = list.array?.compactMap(\.double), values.count == list.array?.count else {
        throw TributaryError("model.configuration", "config.json: \(key) is no list of numbers")
      }
      return values.map { Float($0) }
    }
    let size = try numbers("input_size")?.map { Int(exactly: $0) ?? 0 }
    guard size == nil || size?.count == 3 else {
      throw TributaryError("model.configuration", "config.json: input_size needs three numbers")
    }
    let architecture = try ModelRegistry.canonicalName(name)
    let labels = json["label_names"]?.array?.compactMap(\.string)
    self.init(
      architecture: architecture, classes: classes,
      classNames: labels?.count == classes ? labels : nil,
      image: try ModelRegistry.defaultImage(
        architecture,
        ImageRequest(
          channels: size?[0], height: size?[1], width: size?[2], mean: try numbers("mean"),
          standardDeviation: try numbers("std"))))
    try image?.validate()
  }
}

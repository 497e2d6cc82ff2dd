public import TributaryCore
internal import TributaryStorage

/// `config.json`: Hugging Face's own where it knows the architecture (with `"tributary": {"pooling": "mean"}`
/// where it needs saying), ours for everything else.
extension ModelConfiguration {
  /// - Parameter bytes: a `config.json` that we, timm or Hugging Face wrote.
  /// - Throws: `json.syntax`, `model.configuration`, `model.architecture`.
  public init(folderConfiguration bytes: Bytes) throws {
    let json = try JSON(parsing: bytes, name: "config.json")
    if Self.isTimm(json) {
      try self.init(timm: json)
    } else if json["architecture"]?.string != nil {
      try self.init(own: json)
    } else if let type = json["model_type"]?.string,
      let entry = ModelRegistry.entry(huggingFace: type)
    {
      try self.init(huggingFace: json, entry)
    } else {
      let kind = json["model_type"]?.string.map { "model_type \($0.prefix(40))" } ?? "no model_type"
      throw TributaryError(
        "model.configuration", "config.json has \(kind)",
        advice: "known are the folders that tributary writes and Hugging Face's: "
          + ModelRegistry.huggingFaceTypes.joined(separator: ", "))
    }
  }

  /// The bytes of `config.json`; the same for the same configuration.
  public func folderConfiguration() -> Bytes {
    let names = (try? ModelRegistry.entry(architecture))?.huggingFace
    let json = names.map(huggingFaceJSON) ?? ownJSON
    return Bytes(copying: Array(json.indentedText.utf8))
  }

  private init(own json: JSON) throws {
    guard let architecture = json["architecture"]?.string, let classes = json["classes"]?.integer
    else {
      throw TributaryError("model.configuration", "config.json: no architecture or no classes")
    }
    let names = json["class_names"]?.array?.compactMap(\.string)
    try self.init(
      architecture: ModelRegistry.canonicalName(architecture), classes: classes,
      classNames: names?.count == classes ? names : nil,
      image: json["image"].map(ImageConfiguration.init),
      objective: json["objective"]?.string.flatMap(Objective.init) ?? .classification,
      settings: json["settings"] ?? .object([]),
      heads: Self.heads(json["heads"]?.array?.map { $0.integer ?? 0 }, of: classes))
    guard settings.object != nil else {
      throw TributaryError("model.configuration", "config.json: settings is no object")
    }
    adaptation = json["adaptation"]
    fusion = json["fusion"]
    try image?.validate()
  }

  private var ownJSON: JSON {
    var json = JSON.object([
      ("format", .string("tributary-model")), ("version", .integer(1)),
      ("architecture", .string(architecture)), ("classes", .integer(classes)),
    ])
    json["class_names"] = classNames.map { .array($0.map(JSON.string)) }
    json["heads"] = heads.map { .array($0.map(JSON.integer)) }
    json["image"] = image?.json
    json["objective"] = objective == .classification ? nil : .string(objective.rawValue)
    json["settings"] = settings == .object([]) ? nil : settings
    json["adaptation"] = adaptation
    json["fusion"] = fusion
    return json
  }

  private init(huggingFace json: JSON, _ entry: Architecture) throws {
    let labels = json["id2label"]?.object?.count ?? 0
    let classes = labels > 0 ? labels : json["num_labels"]?.integer ?? 2
    let names = (0..<labels).compactMap { json["id2label"]?[String($0)]?.string }
    let isNamed = names.count == classes && names.contains { !$0.hasPrefix("LABEL_") }
    let known = entry.huggingFace?.className(.languageModel, .cls)
    let isLanguageModel = json["architectures"]?.array?.first?.string == known
    try self.init(
      architecture: entry.name, classes: classes, classNames: isNamed ? names : nil,
      pooling: json["tributary"]?["pooling"]?.string.flatMap(Pooling.init) ?? .cls,
      objective: isLanguageModel ? .languageModel : .classification, settings: json,
      heads: Self.heads(
        json["tributary"]?["heads"]?.array?.map { $0.integer ?? 0 }, of: classes))
    adaptation = json["tributary"]?["adaptation"]
    fusion = json["tributary"]?["fusion"]
    cloze = json["tributary"]?["cloze"]
    if cloze != nil { objective = .classification }
  }

  private func huggingFaceJSON(_ known: HuggingFaceNames) -> JSON {
    var json = settings
    let names = classNames ?? (0..<classes).map { "LABEL_\($0)" }
    json["model_type"] = .string(known.modelType)
    let objective = cloze == nil ? objective : .languageModel
    json["architectures"] = .array([.string(known.className(objective, pooling))])
    json["id2label"] = .object(names.enumerated().map { (String($0.offset), .string($0.element)) })
    json["label2id"] = .object(names.enumerated().map { ($0.element, .integer($0.offset)) })
    json["num_labels"] = nil
    // Tensors are written as float32, whatever type the checkpoint had.
    for key in ["torch_dtype", "dtype", "quantization_config"] { json[key] = nil }
    if known.classifierNeedsPadding, objective == .classification,
      json["pad_token_id"]?.integer == nil, let end = json["eos_token_id"]?.integer
    {
      json["pad_token_id"] = .integer(end)
    }
    var own = JSON.object([])
    own["pooling"] = pooling == .cls ? nil : .string(pooling.rawValue)
    own["adaptation"] = adaptation
    own["fusion"] = fusion
    own["cloze"] = cloze
    own["heads"] = heads.map { .array($0.map(JSON.integer)) }
    json["tributary"] = own == .object([]) ? nil : own
    return json
  }
}

extension ImageConfiguration {
  fileprivate init(_ json: JSON) throws {
    guard let channels = json["channels"]?.integer, let height = json["height"]?.integer,
      let width = json["width"]?.integer, let mean = json["mean"]?.array?.compactMap(\.double),
      let deviation = json["standard_deviation"]?.array?.compactMap(\.double)
    else { throw TributaryError("model.configuration", "config.json: image is not complete") }
    self.init(
      channels: channels, height: height, width: width, mean: mean.map { Float($0) },
      standardDeviation: deviation.map { Float($0) }, resize: try ImageResize(json["resize"]),
      audio: try json["audio"].map(AudioFeatures.init))
  }

  fileprivate var json: JSON {
    // By its shortest spelling: 0.485 stays 0.485.
    func numbers(_ values: [Float]) -> JSON {
      .array(values.map { .number(Double($0.description) ?? Double($0)) })
    }
    var json = JSON.object([
      ("channels", .integer(channels)), ("height", .integer(height)), ("width", .integer(width)),
      ("mean", numbers(mean)), ("standard_deviation", numbers(standardDeviation)),
    ])
    json["resize"] = resize == ImageResize() ? nil : resize.json
    json["audio"] = audio?.json
    return json
  }
}

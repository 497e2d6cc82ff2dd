public import TributaryCore
internal import TributaryStorage

/// `config.json`: Hugging Face's own for BERT (with `"tributary": {"pooling": "mean"}` where it needs saying),
/// ours for everything else.
extension ModelConfiguration {
  /// - Parameter bytes: a `config.json` that we or Hugging Face wrote.
  /// - Throws: `json.syntax`, `model.configuration`, `model.architecture`.
  public init(folderConfiguration bytes: Bytes) throws {
    let json = try JSON(parsing: bytes, name: "config.json")
    if json["architecture"]?.string != nil {
      try self.init(own: json)
    } else if json["model_type"]?.string == "bert" {
      try self.init(huggingFace: json)
    } else {
      let kind = json["model_type"]?.string.map { "model_type \($0.prefix(40))" } ?? "no model_type"
      throw TributaryError(
        "model.configuration", "config.json has \(kind)",
        advice: "known are Hugging Face's bert folders and the folders that tributary writes")
    }
  }

  /// The bytes of `config.json`; the same for the same configuration.
  public func folderConfiguration() -> Bytes {
    let json = bert.map(huggingFaceJSON) ?? ownJSON
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
      image: json["image"].map(ImageConfiguration.init))
    try image?.validate()
  }

  private var ownJSON: JSON {
    var json = JSON.object([
      ("format", .string("tributary-model")), ("version", .integer(1)),
      ("architecture", .string(architecture)), ("classes", .integer(classes)),
    ])
    json["class_names"] = classNames.map { .array($0.map(JSON.string)) }
    json["image"] = image?.json
    return json
  }

  private init(huggingFace json: JSON) throws {
    let labels = json["id2label"]?.object?.count ?? 0
    let classes = labels > 0 ? labels : json["num_labels"]?.integer ?? 2
    let names = (0..<labels).compactMap { json["id2label"]?[String($0)]?.string }
    let isNamed = names.count == classes && names.contains { !$0.hasPrefix("LABEL_") }
    self.init(
      architecture: Bert.registration.name, classes: classes,
      classNames: isNamed ? names : nil,
      pooling: json["tributary"]?["pooling"]?.string.flatMap(Pooling.init) ?? .cls,
      bert: try BertConfiguration(json))
  }

  private func huggingFaceJSON(_ bert: BertConfiguration) -> JSON {
    var json = bert.raw
    let names = classNames ?? (0..<classes).map { "LABEL_\($0)" }
    let isHead = pooling == .cls
    json["architectures"] = .array([
      .string(isHead ? "BertForSequenceClassification" : "BertModel")
    ])
    json["id2label"] = .object(names.enumerated().map { (String($0.offset), .string($0.element)) })
    json["label2id"] = .object(names.enumerated().map { ($0.element, .integer($0.offset)) })
    json["num_labels"] = nil
    // Tensors are written as float32, whatever type the checkpoint had.
    json["torch_dtype"] = nil
    json["dtype"] = nil
    json["tributary"] = isHead ? nil : .object([("pooling", .string(pooling.rawValue))])
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
      standardDeviation: deviation.map { Float($0) })
  }

  fileprivate var json: JSON {
    // By its shortest spelling: 0.485 stays 0.485.
    func numbers(_ values: [Float]) -> JSON {
      .array(values.map { .number(Double($0.description) ?? Double($0)) })
    }
    return .object([
      ("channels", .integer(channels)), ("height", .integer(height)), ("width", .integer(width)),
      ("mean", numbers(mean)), ("standard_deviation", numbers(standardDeviation)),
    ])
  }
}

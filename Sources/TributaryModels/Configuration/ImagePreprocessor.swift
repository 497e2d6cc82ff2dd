internal import TributaryCore
internal import TributaryStorage

/// What the files beside a checkpoint say of its images: `preprocessor_config.json` of Hugging Face, or the
/// `pretrained_cfg` in timm's `config.json`.
enum ImagePreprocessor {
  static let fileName = "preprocessor_config.json"

  /// `image` with what the files say in place of its parts. Our own `config.json` says all there is to say.
  ///
  /// - Throws: `json.syntax`; `model.preprocessor` for settings that cannot be honoured.
  static func configuration(
    _ image: ImageConfiguration, assets: [String: Bytes]
  ) throws -> ImageConfiguration {
    let whole = try assets["config.json"].map { try JSON(parsing: $0, name: "config.json") }
    if whole?["format"]?.string == "tributary-model" { return image }
    var result = image
    if let bytes = assets[fileName] {
      try result.apply(huggingFace: JSON(parsing: bytes, name: fileName))
    } else if let timm = whole?["pretrained_cfg"] {
      try result.apply(timm: timm)
    } else {
      return image
    }
    try result.validate()
    return result
  }

  static func unsupported(_ what: String) -> TributaryError {
    TributaryError("model.preprocessor", "the images' settings: \(what)")
  }
}

extension ImageConfiguration {
  fileprivate mutating func apply(huggingFace json: JSON) throws {
    let size = try ImageSize(json["size"])
    let crop = try ImageSize(json["crop_size"])
    let crops = json["do_center_crop"]?.bool ?? (crop != nil)
    let resizes = json["do_resize"]?.bool ?? true
    var target = ImageResize.Target.output
    switch (resizes, size) {
    case (false, _): target = .unchanged
    // ConvNeXt's: cut to that share of a side, except for large images.
    case (true, .shortestEdge(let side)?) where json["crop_pct"]?.double != nil && !crops:
      (height, width) = (side, side)
      guard side < 384, let share = json["crop_pct"]?.double, share > 0, share <= 1 else { break }
      target = .shorterSide(Int(Double(side) / share))
    case (true, .shortestEdge(let side)?): target = .shorterSide(side)
    case (true, .side(let side)?):
      if crops { target = .shorterSide(side) } else { (height, width) = (side, side) }
    case (true, .exact(let newHeight, let newWidth)?):
      if crops {
        target = .exact(height: newHeight, width: newWidth)
      } else {
        (height, width) = (newHeight, newWidth)
      }
    case (true, nil): break
    }
    if crops {
      switch crop {
      case .exact(let newHeight, let newWidth)?: (height, width) = (newHeight, newWidth)
      case .side(let side)?: (height, width) = (side, side)
      default: throw ImagePreprocessor.unsupported("do_center_crop without a crop_size")
      }
    } else if case .shorterSide(let side) = target, json["crop_pct"] == nil {
      throw ImagePreprocessor.unsupported(
        "shortest_edge \(side) without do_center_crop leaves images of different sizes")
    }
    if target == .exact(height: height, width: width) { target = .output }
    resize = ImageResize(
      target, try Self.interpolation(number: json["resample"]?.integer ?? 2), crop: .down)
    try applyNormalization(huggingFace: json)
  }

  private mutating func applyNormalization(huggingFace json: JSON) throws {
    let normalizes = json["do_normalize"]?.bool ?? true
    // Ours is of pixels in 0...1; theirs of pixels times the factor.
    let rescales = json["do_rescale"]?.bool ?? true
    let factor = rescales ? (json["rescale_factor"]?.double ?? 1 / 255) * 255 : 255
    guard factor.isFinite, factor > 0 else {
      throw ImagePreprocessor.unsupported("an impossible rescale_factor")
    }
    let means = normalizes ? try Self.numbers(json["image_mean"]) : nil
    let deviations = normalizes ? try Self.numbers(json["image_std"]) : nil
    if normalizes && (means == nil || deviations == nil) { return }
    let zeros = [Double](repeating: 0, count: channels)
    let ones = [Double](repeating: 1, count: channels)
    mean = (means ?? zeros).map { Float($0 / factor) }
    standardDeviation = (deviations ?? ones).map { Float($0 / factor) }
  }

  fileprivate mutating func apply(timm json: JSON) throws {
    guard let size = json["input_size"]?.array?.compactMap(\.integer), size.count == 3,
      size.allSatisfy({ (1...16384).contains($0) })
    else { throw ImagePreprocessor.unsupported("pretrained_cfg without an input_size") }
    (channels, height, width) = (size[0], size[1], size[2])
    let share = json["crop_pct"]?.double ?? 0.875
    guard share > 0, share <= 1 else { throw ImagePreprocessor.unsupported("crop_pct \(share)") }
    let scaled = (height: Int(Double(height) / share), width: Int(Double(width) / share))
    let target: ImageResize.Target
    switch json["crop_mode"]?.string ?? "center" {
    case "center" where height == width: target = .shorterSide(scaled.height)
    case "squash": target = .exact(height: scaled.height, width: scaled.width)
    case let mode:
      throw ImagePreprocessor.unsupported("crop_mode \(mode.prefix(40)) for \(height) x \(width)")
    }
    let name = json["interpolation"]?.string ?? "bilinear"
    guard let interpolation = ImageResize.Interpolation(rawValue: name) else {
      throw ImagePreprocessor.unsupported("interpolation \(name.prefix(40))")
    }
    resize = ImageResize(target, interpolation)
    mean = try Self.numbers(json["mean"])?.map { Float($0) } ?? mean
    standardDeviation = try Self.numbers(json["std"])?.map { Float($0) } ?? standardDeviation
  }

  private static func numbers(_ json: JSON?) throws -> [Double]? {
    guard let values = json?.array else { return nil }
    let numbers = values.compactMap(\.double)
    guard numbers.count == values.count else {
      throw ImagePreprocessor.unsupported("a mean or deviation that is no number")
    }
    return numbers
  }

  /// Pillow's numbers.
  private static func interpolation(number: Int) throws -> ImageResize.Interpolation {
    let all: [ImageResize.Interpolation] = [
      .nearest, .lanczos, .bilinear, .bicubic, .box, .hamming,
    ]
    guard all.indices.contains(number) else {
      throw ImagePreprocessor.unsupported("resample \(number)")
    }
    return all[number]
  }
}

/// A size as Hugging Face spells it: `224`, `{"shortest_edge": 256}` or `{"height": 224, "width": 224}`.
private enum ImageSize {
  case side(Int)
  case shortestEdge(Int)
  case exact(Int, Int)

  init?(_ json: JSON?) throws {
    guard let json, json != .null else { return nil }
    if let side = json.integer {
      self = .side(side)
    } else if let side = json["shortest_edge"]?.integer, json["longest_edge"] == nil {
      self = .shortestEdge(side)
    } else if let height = json["height"]?.integer, let width = json["width"]?.integer {
      self = .exact(height, width)
    } else {
      throw ImagePreprocessor.unsupported(
        "a size that is neither height and width nor shortest_edge")
    }
    let sides =
      switch self {
      case .side(let side), .shortestEdge(let side): [side]
      case .exact(let height, let width): [height, width]
      }
    guard sides.allSatisfy({ (1...16384).contains($0) }) else {
      throw ImagePreprocessor.unsupported("a size of \(sides)")
    }
  }
}

internal import TributaryCore
internal import TributaryStorage

/// `resize` of an image in our `config.json`: `{"shorter_side": 256, "interpolation": "bicubic", "crop": "down"}`,
/// or `height` and `width` to be stretched to; without either images are only cut.
extension ImageResize {
  /// - Throws: `model.configuration` for sizes that cannot be and unknown names; nil is the default.
  init(_ json: JSON?) throws {
    guard let json else {
      self.init()
      return
    }
    func size(_ name: String) throws -> Int? {
      guard let value = json[name] else { return nil }
      guard let size = value.integer, (1...16384).contains(size) else {
        throw TributaryError(
          "model.configuration", "config.json: resize's \(name) is no possible size")
      }
      return size
    }
    func named<Value: RawRepresentable<String>>(_ name: String, _ standard: Value) throws -> Value {
      guard let text = json[name]?.string else { return standard }
      guard let value = Value(rawValue: text) else {
        throw TributaryError(
          "model.configuration", "config.json: resize's \(name) cannot be \(text.prefix(40))")
      }
      return value
    }
    let target: Target
    if let side = try size("shorter_side") {
      target = .shorterSide(side)
    } else if let height = try size("height"), let width = try size("width") {
      target = .exact(height: height, width: width)
    } else {
      target = json["stretches"]?.bool == true ? .output : .unchanged
    }
    try self.init(
      target, named("interpolation", .bilinear), crop: named("crop", CropRounding.even))
  }

  var json: JSON {
    var members: [JSON.Member] = []
    switch target {
    case .output: members.append(("stretches", .bool(true)))
    case .shorterSide(let side): members.append(("shorter_side", .integer(side)))
    case .exact(let height, let width):
      members += [("height", .integer(height)), ("width", .integer(width))]
    case .unchanged: break
    }
    members.append(("interpolation", .string(interpolation.rawValue)))
    if crop != .even { members.append(("crop", .string(crop.rawValue))) }
    return .object(members)
  }
}

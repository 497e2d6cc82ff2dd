internal import TributaryCore
internal import TributaryNN
internal import TributaryStorage

/// Reads the settings of an adaptation, which may come from a peer or from PEFT.
struct AdapterSettings {
  private let json: JSON
  private let model: any Model

  init(_ json: JSON, of model: any Model) {
    self.json = json
    self.model = model
  }

  /// A whole number of at least 1.
  func size(_ name: String, default standard: Int, limit: Int) throws -> Int {
    guard let value = json[name] else { return standard }
    guard let size = value.integer, (1...limit).contains(size) else {
      throw AdaptationRegistry.error(
        "\(name) must lie in 1...\(limit), is \(value.text.prefix(40))")
    }
    return size
  }

  func positive(_ name: String, default standard: Double) throws -> Double {
    guard let value = json[name] else { return standard }
    guard let number = value.double, number.isFinite, number > 0 else {
      throw AdaptationRegistry.error("\(name) must be above 0, is \(value.text.prefix(40))")
    }
    return number
  }

  /// - Throws: where `name` says anything but one of `known`: a variant that is not here.
  func require(_ name: String, _ known: JSON...) throws {
    guard let value = json[name], value != .null, !known.contains(value) else { return }
    throw AdaptationRegistry.error(
      "adapters with \(name) \(value.text.prefix(40)) are not supported",
      advice: "only \(known.map(\.text).joined(separator: " and ")) is")
  }

  /// The layers that `name` lists, as their matrices, in the model's order: by a whole name, by what it ends with
  /// behind a dot, or by a glob pattern; without a list those that are `usual`.
  ///
  /// - Parameter kinds: of layers beside which such an adapter can stand.
  func layers(
    _ name: String = "target_modules", usual: [String], kinds: Set<LayerKind>
  ) throws -> [TensorSpec] {
    let known = model.tensors.filter {
      $0.layer.map(kinds.contains) ?? false && !model.headTensorNames.contains($0.name)
    }
    let targets = try targets(name, usual: usual, known: known)
    var chosen: Set<String> = []
    for target in targets {
      let names = known.filter { Self.matches(target, layer: $0.layerName) }.map(\.name)
      guard !names.isEmpty else {
        throw TributaryError(
          "transfer.targets",
          "transfer.targets: no layer's name ends with \"\(target.prefix(80))\"",
          advice: known.isEmpty
            ? "\(model.architecture) has no such layer in front of its classifier"
            : "their names are like \(known.prefix(3).map(\.layerName).joined(separator: ", "))")
      }
      chosen.formUnion(names)
    }
    return known.filter { chosen.contains($0.name) }
  }

  private func targets(
    _ name: String, usual: [String], known: [TensorSpec]
  ) throws -> [String] {
    let listed = json[name]?.array?.compactMap(\.string) ?? []
    if json[name]?.string == "all-linear" { return known.map(\.layerName) }
    guard json[name]?.string == nil else {
      throw AdaptationRegistry.error(
        "\(name) is a regular expression, which is not supported", advice: "list the layers' names")
    }
    guard listed.isEmpty else { return listed }
    guard !usual.isEmpty else {
      throw TributaryError(
        "transfer.targets",
        "transfer.targets: nothing is usual for \(model.architecture); name layers",
        advice: "their names are like \(known.prefix(3).map(\.layerName).joined(separator: ", "))")
    }
    return usual
  }

  private static func matches(_ target: String, layer: String) -> Bool {
    layer == target || layer.hasSuffix(".\(target)") || GlobPattern(target).matches(layer)
  }
}

extension [TensorSpec] {
  /// The layers' names, as PEFT lists them.
  var layerNames: JSON { .array(map { .string($0.layerName) }) }
}

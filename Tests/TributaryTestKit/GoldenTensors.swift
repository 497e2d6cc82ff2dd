public import TributaryCore
internal import Foundation

/// Tensors that a reference framework wrote to a `.safetensors` file in a module's `Golden` folder.
///
/// A reader of its own, so that no module's tests depend on the code that reads checkpoints.
public struct GoldenTensors: Sendable {
  public private(set) var tensors: [String: HostTensor]

  public init(_ tensors: [String: HostTensor]) { self.tensors = tensors }

  /// - Parameter name: of the file, in the `Golden` folder beside or above the calling file.
  public init(_ name: String, from file: String = #filePath) throws {
    let path = Golden.path(name, from: file)
    let data = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let length = Int(data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    let header = Data(data[8..<(8 + length)])
    let object = try JSONSerialization.jsonObject(with: header) as? [String: Any] ?? [:]
    var tensors: [String: HostTensor] = [:]
    for case (let name, let entry as [String: Any]) in object where name != "__metadata__" {
      guard let dtype = (entry["dtype"] as? String).flatMap(DType.init),
        let shape = entry["shape"] as? [Int], let range = entry["data_offsets"] as? [Int]
      else { continue }
      let bytes = Array(data[(8 + length + range[0])..<(8 + length + range[1])])
      tensors[name] = try HostTensor(
        dtype: dtype, shape: Shape(shape), bytes: Bytes(copying: bytes))
    }
    self.tensors = tensors
  }

  /// Takes in the tensors of another file.
  public mutating func formUnion(_ other: GoldenTensors) {
    tensors.merge(other.tensors) { _, new in new }
  }

  /// What stands before the first slash of the names.
  public var cases: [String] {
    Set(tensors.keys.compactMap { $0.split(separator: "/").first.map(String.init) }).sorted()
  }

  /// The tensors called `case/kind.name`, by `name`.
  public func group(_ name: String, _ kind: String) -> [String: HostTensor] {
    let prefix = "\(name)/\(kind)."
    let members = tensors.filter { $0.key.hasPrefix(prefix) }
    return Dictionary(
      uniqueKeysWithValues: members.map { (String($0.key.dropFirst(prefix.count)), $0.value) })
  }

  /// The values of a float32 tensor.
  public func floats(_ name: String) throws -> [Float] {
    guard let tensor = tensors[name] else {
      throw TributaryError("golden.missing", "the golden file has no \(name)")
    }
    return try tensor.floats()
  }

  /// The values of a float64 tensor.
  public func doubles(_ name: String) throws -> [Double] {
    guard let tensor = tensors[name], tensor.dtype == .float64 else {
      throw TributaryError("golden.missing", "the golden file has no float64 \(name)")
    }
    return tensor.bytes.array(of: Double.self)
  }

  public func shape(_ name: String) throws -> Shape {
    guard let tensor = tensors[name] else {
      throw TributaryError("golden.missing", "the golden file has no \(name)")
    }
    return tensor.shape
  }
}

/// As `difference` of floats.
public func difference(
  _ found: [Double], _ expected: [Double], absolute: Double, relative: Double = 0
) -> String? {
  guard found.count == expected.count else {
    return "\(found.count) elements, expected \(expected.count)"
  }
  for (index, (a, b)) in zip(found, expected).enumerated()
  where !((a - b).magnitude <= absolute + relative * b.magnitude) {
    return "element \(index) is \(a), expected \(b)"
  }
  return nil
}

/// The element where `found` and `expected` differ most beyond `absolute + relative * |expected|`, in words;
/// nil where none does.
public func difference(
  _ found: [Float], _ expected: [Float], absolute: Float, relative: Float = 0
) -> String? {
  guard found.count == expected.count else {
    return "\(found.count) elements, expected \(expected.count)"
  }
  var worst: (index: Int, excess: Float)?
  for (index, (a, b)) in zip(found, expected).enumerated() where a != b {
    let excess = (a - b).magnitude - absolute - relative * b.magnitude
    if excess.isNaN || excess > worst?.excess ?? 0 { worst = (index, excess) }
    if excess.isNaN { break }
  }
  return worst.map { "element \($0.index) is \(found[$0.index]), expected \(expected[$0.index])" }
}

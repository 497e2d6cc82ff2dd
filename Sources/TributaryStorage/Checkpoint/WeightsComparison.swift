public import TributaryCore

/// How two sets of named tensors differ, tensor by tensor.
public struct WeightsComparison: Sendable {
  public enum Verdict: String, Sendable, Encodable {
    case equal
    /// The same shape, other bits.
    case different
    case shape
    /// Only in the second.
    case missing
    /// Only in the first.
    case surplus
  }

  public struct Row: Sendable {
    public var name: String
    public var verdict: Verdict
    public var left: HostTensor?
    public var right: HostTensor?
    /// max |a - b|; infinite where one of them is no number. nil where shapes differ.
    public var maximumAbsolute: Double?
    /// max |a - b| / max(|a|, |b|)
    public var maximumRelative: Double?
  }

  /// By name.
  public let rows: [Row]
  public var isEqual: Bool { rows.allSatisfy { $0.verdict == .equal } }

  public init(_ left: ParameterTree<HostTensor>, _ right: ParameterTree<HostTensor>) {
    rows =
      left.mapValues { _ in () }.merging(right.mapValues { _ in () }).map { name, _ in
        Self.row(name, left[name], right[name])
      }.values
  }

  private static func row(_ name: String, _ left: HostTensor?, _ right: HostTensor?) -> Row {
    var row = Row(name: name, verdict: .equal, left: left, right: right)
    guard let left else {
      row.verdict = .missing
      return row
    }
    guard let right else {
      row.verdict = .surplus
      return row
    }
    guard left.shape == right.shape else {
      row.verdict = .shape
      return row
    }
    row.verdict = left == right ? .equal : .different
    let distance = row.verdict == .equal ? (0, 0) : Self.distance(left, right)
    (row.maximumAbsolute, row.maximumRelative) = distance
    return row
  }

  private static func distance(_ left: HostTensor, _ right: HostTensor) -> (Double, Double) {
    var (absolute, relative) = (0.0, 0.0)
    for index in 0..<left.shape.elementCount {
      let (a, b) = (left.number(at: index), right.number(at: index))
      if a == b || a.isNaN && b.isNaN { continue }
      let distance = abs(a - b)
      guard distance.isFinite else { return (.infinity, .infinity) }
      absolute = max(absolute, distance)
      relative = max(relative, distance / max(abs(a), abs(b)))
    }
    return (absolute, relative)
  }
}

extension HostTensor {
  /// The element at a row-major index as a number; integers beyond 2^53 are rounded.
  public func number(at index: Int) -> Double {
    bytes.withUnsafeBytes { source in
      func load<Value: BitwiseCopyable>(_: Value.Type) -> Value {
        source.loadUnaligned(fromByteOffset: index * MemoryLayout<Value>.size, as: Value.self)
      }
      return switch dtype {
      case .bool, .uint8: Double(load(UInt8.self))
      case .int8: Double(load(Int8.self))
      case .int16: Double(load(Int16.self))
      case .uint16: Double(load(UInt16.self))
      case .float16: Double(HostTensor.float(halfBits: load(UInt16.self)))
      case .bfloat16: Double(Float(bitPattern: UInt32(load(UInt16.self)) << 16))
      case .int32: Double(load(Int32.self))
      case .uint32: Double(load(UInt32.self))
      case .float32: Double(load(Float.self))
      case .int64: Double(load(Int64.self))
      case .uint64: Double(load(UInt64.self))
      case .float64: load(Double.self)
      }
    }
  }
}

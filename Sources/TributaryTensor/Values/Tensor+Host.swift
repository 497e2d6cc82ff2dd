internal import CTributaryKernels
public import TributaryCore

extension Tensor {
  /// The values of `host` as float32 (from F32, F16, BF16, F64) or int32 (from I32, I64).
  ///
  /// F32 and I32 share the memory where it is 64-byte aligned.
  /// - Throws: `tensor.dtype` for other types, `tensor.range` where an I64 does not fit into 32 bits.
  public init(_ host: HostTensor) throws {
    switch host.dtype {
    case .float32: self.init(words: host, dtype: .float32)
    case .int32: self.init(words: host, dtype: .int32)
    case .float64:
      self.init(host.bytes.array(of: Double.self).map { Float($0) }, shape: host.shape)
    case .bfloat16:
      self.init(
        host.bytes.array(of: UInt16.self).map { Float(bitPattern: UInt32($0) << 16) },
        shape: host.shape)
    case .float16:
      self.init(
        host.bytes.array(of: UInt16.self).map { Tensor.float(halfBits: $0) }, shape: host.shape)
    case .int64:
      let narrow = try host.bytes.array(of: Int64.self).map { value in
        guard let value = Int32(exactly: value) else {
          throw TributaryError("tensor.range", "an I64 tensor holds a value beyond 32 bits")
        }
        return value
      }
      self.init(narrow, shape: host.shape)
    default:
      throw TributaryError(
        "tensor.dtype", "\(host.dtype.rawValue) tensors cannot be computed with",
        advice: "convert to F32, or to I32 for ids")
    }
  }

  private init(words host: HostTensor, dtype: DType) {
    let aligned = host.bytes.withUnsafeBytes { Int(bitPattern: $0.baseAddress) % 64 == 0 }
    if aligned, host.bytes.count > 0 {
      self.init(shape: host.shape, dtype: dtype, storage: Storage(sharing: host.bytes))
    } else {
      self.init(uninitialized: host.shape, dtype: dtype)
      host.bytes.withUnsafeBytes { source in
        if let base = source.baseAddress {
          storage.pointer.copyMemory(from: base, byteCount: source.count)
        }
      }
    }
  }

  /// IEEE binary16 to binary32; written out because Float16 is not everywhere.
  static func float(halfBits bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10) & 31
    let fraction = UInt32(bits & 1023)
    switch exponent {
    case 0:
      let size = Float(fraction) * 0x1p-24
      return sign == 0 ? size : -size
    case 31: return Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }

  /// The values in row-major order: F32 or I32.
  public func host() -> HostTensor {
    KernelTape.valuesAreRead()
    let plain = contiguous()
    let bytes = Bytes(count: 4 * count) { target in
      if let base = target.baseAddress {
        base.copyMemory(from: plain.words, byteCount: target.count)
      }
    }
    withExtendedLifetime(plain) {}
    do {
      return try HostTensor(dtype: dtype, shape: shape, bytes: bytes)
    } catch {
      refuse("host: \(error)")
    }
  }

  /// The values in row-major order, F32 or I32, without a copy where they lie in memory so: in this tensor's
  /// memory, which nobody writes to while the result holds it.
  public func sharedHost() -> HostTensor {
    let plain = contiguous()
    guard plain.storage.isWritable else { return host() }
    KernelTape.valuesAreRead()
    let bytes = Bytes(
      owner: plain.storage,
      buffer: UnsafeRawBufferPointer(start: UnsafeRawPointer(plain.words), count: 4 * count))
    do {
      return try HostTensor(dtype: dtype, shape: shape, bytes: bytes)
    } catch {
      refuse("sharedHost: \(error)")
    }
  }

  /// The elements in row-major order.
  public func floats() -> [Float] {
    require(dtype == .float32, "floats: the tensor holds \(dtype.rawValue)")
    KernelTape.valuesAreRead()
    let plain = contiguous()
    return withExtendedLifetime(plain) {
      Array(UnsafeBufferPointer(start: plain.data, count: count))
    }
  }

  /// The elements in row-major order.
  public func ints() -> [Int32] {
    require(dtype == .int32, "ints: the tensor holds \(dtype.rawValue)")
    KernelTape.valuesAreRead()
    let plain = contiguous()
    return withExtendedLifetime(plain) {
      Array(UnsafeBufferPointer(start: plain.integers, count: count))
    }
  }

  /// The only element.
  public var item: Float {
    require(count == 1 && dtype == .float32, "item: the tensor has shape \(shape)")
    KernelTape.valuesAreRead()
    return withExtendedLifetime(storage) { data[0] }  // every layout starts with the first element
  }

  /// Whether every value is finite.
  public var isFinite: Bool {
    guard dtype == .float32 else { return true }
    KernelTape.valuesAreRead()
    let plain = isDense ? self : contiguous()
    return withExtendedLifetime(plain) {
      tributary_is_finite(plain.data, plain.storedCount) != 0
    }
  }

  /// int32 as float32.
  public func asFloat() -> Tensor {
    guard dtype == .int32 else { return self }
    let plain = contiguous()
    let result = Tensor(uninitialized: shape)
    withExtendedLifetime(plain) { tributary_int_to_float(plain.integers, count, result.data) }
    return result
  }
}

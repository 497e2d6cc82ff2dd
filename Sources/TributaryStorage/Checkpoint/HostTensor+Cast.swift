public import TributaryCore

extension HostTensor {
  /// The same values as another floating-point type, each rounded to the nearest (ties to even).
  ///
  /// - Parameters:
  ///   - dtype: `float32`, `float16` or `bfloat16`, or the tensor's own type, which changes nothing.
  ///   - name: of the tensor, for the error.
  /// - Throws: `tensor.dtype` for other types, `tensor.range` where a finite value would become infinite.
  public func cast(to dtype: DType, name: String) throws -> HostTensor {
    if dtype == self.dtype { return self }
    guard self.dtype.isFloatingPoint, [.float32, .float16, .bfloat16].contains(dtype) else {
      throw TributaryError(
        "tensor.dtype", "\(name): \(self.dtype.rawValue) cannot become \(dtype.rawValue)")
    }
    let count = shape.elementCount
    var overflows = false
    let result = Bytes(count: count * dtype.byteCount) { target in
      bytes.withUnsafeBytes { source in
        for index in 0..<count {
          let value = Self.float(source, index, self.dtype)
          let bits: UInt32
          let isInfinite: Bool
          switch dtype {
          case .float16:
            bits = UInt32(Self.halfBits(value))
            isInfinite = bits & 0x7fff == 0x7c00
            target.storeBytes(of: UInt16(bits), toByteOffset: 2 * index, as: UInt16.self)
          case .bfloat16:
            bits = UInt32(Self.brainBits(value))
            isInfinite = bits & 0x7fff == 0x7f80
            target.storeBytes(of: UInt16(bits), toByteOffset: 2 * index, as: UInt16.self)
          default:
            isInfinite = value.isInfinite
            target.storeBytes(of: value, toByteOffset: 4 * index, as: Float.self)
          }
          if isInfinite && Self.isFinite(source, index, self.dtype) { overflows = true }
        }
      }
    }
    guard !overflows else {
      throw TributaryError(
        "tensor.range", "\(name) holds values beyond \(dtype.rawValue)",
        advice: dtype == .float16 ? "use bfloat16, or keep float32" : "keep the type it has")
    }
    return try HostTensor(dtype: dtype, shape: shape, bytes: result)
  }

  private static func float(_ source: UnsafeRawBufferPointer, _ index: Int, _ dtype: DType) -> Float
  {
    switch dtype {
    case .float16: float(halfBits: source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
    case .bfloat16:
      Float(
        bitPattern: UInt32(source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)) << 16)
    case .float64: Float(source.loadUnaligned(fromByteOffset: 8 * index, as: Double.self))
    default: source.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
    }
  }

  private static func isFinite(
    _ source: UnsafeRawBufferPointer, _ index: Int, _ dtype: DType
  ) -> Bool {
    dtype == .float64
      ? source.loadUnaligned(fromByteOffset: 8 * index, as: Double.self).isFinite
      : float(source, index, dtype).isFinite
  }

  /// IEEE binary32 to binary16; written out because Float16 is not everywhere.
  static func halfBits(_ value: Float) -> UInt16 {
    let sign = UInt16(value.bitPattern >> 16) & 0x8000
    let magnitude = value.bitPattern & 0x7fff_ffff
    switch magnitude {
    case 0x7f80_0001...: return sign | 0x7e00
    case 0x4780_0000...: return sign | 0x7c00
    case ..<0x3880_0000:
      // Subnormal: multiples of 2^-24.
      return sign | UInt16((Float(bitPattern: magnitude) * 0x1p24).rounded(.toNearestOrEven))
    default:
      let rounded = magnitude + 0xfff + ((magnitude >> 13) & 1)
      return sign | UInt16((rounded - 0x3800_0000) >> 13)
    }
  }

  /// IEEE binary16 to binary32.
  static func float(halfBits bits: UInt16) -> Float {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let fraction = Float(bits & 1023)
    switch (bits >> 10) & 31 {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    case let exponent:
      return sign * Float(bitPattern: (UInt32(exponent) + 112) << 23 | UInt32(bits & 1023) << 13)
    }
  }

  /// Binary32 to bfloat16.
  static func brainBits(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    if value.isNaN { return UInt16(bits >> 16) | 0x40 }
    return UInt16((bits + 0x7fff + ((bits >> 16) & 1)) >> 16)
  }
}

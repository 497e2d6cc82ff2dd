public import TributaryCore

extension HostTensor {
  /// Whether no element is NaN or infinite; integers always are finite.
  public var isFinite: Bool {
    switch dtype {
    case .float32: hasNoExponent(0x7f80_0000, as: UInt32.self)
    case .float64: hasNoExponent(0x7ff0_0000_0000_0000, as: UInt64.self)
    case .float16: hasNoExponent(0x7c00, as: UInt16.self)
    case .bfloat16: hasNoExponent(0x7f80, as: UInt16.self)
    default: true
    }
  }

  /// NaN and infinity are the values whose exponent bits are all ones.
  private func hasNoExponent<Word: FixedWidthInteger & BitwiseCopyable>(
    _ mask: Word, as _: Word.Type
  ) -> Bool {
    bytes.withUnsafeBytes { buffer in
      // No early exit: without a branch the loop runs at memory speed.
      var bad: Word = 0
      for index in 0..<(buffer.count / MemoryLayout<Word>.size) {
        let word = buffer.loadUnaligned(
          fromByteOffset: index * MemoryLayout<Word>.size, as: Word.self)
        bad |= word & mask == mask ? 1 : 0
      }
      return bad == 0
    }
  }
}

extension ParameterTree<HostTensor> {
  /// - Parameter file: what the error calls their source.
  /// - Throws: `checkpoint.finite` where a floating-point tensor holds NaN or infinity.
  func requireFinite(in file: String) throws {
    for (name, tensor) in self where !tensor.isFinite {
      throw TributaryError(
        "checkpoint.finite", "\(file): \(name) holds NaN or infinity",
        advice: "the file is corrupt or its training diverged; use another checkpoint")
    }
  }
}

internal import CTributaryKernels
internal import TributaryCore

extension HostTensor {
  /// The elements of a F32 tensor in place; copied first only where they are not aligned.
  func withFloats<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result
  {
    let aligned = bytes.withUnsafeBytes { raw in
      UInt(bitPattern: raw.baseAddress) % UInt(MemoryLayout<Float>.alignment) == 0
    }
    guard aligned else {
      return try bytes.array(of: Float.self).withUnsafeBufferPointer(body)
    }
    return try bytes.withUnsafeBytes { raw in try body(raw.assumingMemoryBound(to: Float.self)) }
  }

  /// The elements of an I64 or I32 tensor.
  func integers() -> [Int64] {
    dtype == .int64 ? bytes.array() : bytes.array(of: Int32.self).map(Int64.init)
  }
}

/// The largest magnitude among `values`; infinity or NaN where one is not finite.
func largestMagnitude(_ values: UnsafeBufferPointer<Float>) -> Float {
  tributary_largest_magnitude(values.baseAddress, values.count)
}

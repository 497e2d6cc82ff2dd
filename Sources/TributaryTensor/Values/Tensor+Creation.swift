internal import CTributaryKernels
public import TributaryCore

extension Tensor {
  public init(_ values: [Float], shape: Shape) {
    require(
      values.count == shape.elementCount, "Tensor: \(values.count) values for shape \(shape)")
    self.init(uninitialized: shape)
    values.withUnsafeBytes { storage.pointer.copyMemory(from: $0) }
  }

  public init(_ values: [Int32], shape: Shape) {
    require(
      values.count == shape.elementCount, "Tensor: \(values.count) values for shape \(shape)")
    self.init(uninitialized: shape, dtype: .int32)
    values.withUnsafeBytes { storage.pointer.copyMemory(from: $0) }
  }

  public static func zeros(_ shape: Shape) -> Tensor { full(shape, 0) }
  public static func ones(_ shape: Shape) -> Tensor { full(shape, 1) }
  public static func scalar(_ value: Float) -> Tensor { full(.scalar, value) }

  public static func full(_ shape: Shape, _ value: Float) -> Tensor {
    let result = Tensor(uninitialized: shape)
    result.fill(value, count: shape.elementCount)
    return result
  }

  func fill(_ value: Float, count: Int) {
    let target = words
    parallel(count, grain: elementGrain) {
      tributary_fill(value.bitPattern, $0.count, target + $0.lowerBound)
    }
  }

  /// Zeros in the memory layout of `other`.
  static func zeros(like other: Tensor) -> Tensor {
    guard other.isDense else { return zeros(other.shape) }
    let result = Tensor(uninitialized: other.shape, layout: other.layout)
    result.fill(0, count: result.storedCount)
    return result
  }
}

extension UnsafeMutableRawPointer {
  fileprivate func copyMemory(from source: UnsafeRawBufferPointer) {
    if let base = source.baseAddress { copyMemory(from: base, byteCount: source.count) }
  }
}

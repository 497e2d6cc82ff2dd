/// A tensor as it is stored and travels: row-major, little-endian bytes with their type and shape.
///
/// It computes nothing. Checkpoints, the wire, the ledger and the accumulators speak in it;
/// `TributaryTensor` turns it into a tensor that kernels can work on.
public struct HostTensor: Sendable, Equatable {
  public let dtype: DType
  public let shape: Shape
  public let bytes: Bytes

  /// - Throws: `tensor.size` where `bytes` are not exactly what `dtype` and `shape` take.
  public init(dtype: DType, shape: Shape, bytes: Bytes) throws {
    guard let count = shape.checkedElementCount,
      case let (size, overflow) = count.multipliedReportingOverflow(by: dtype.byteCount),
      !overflow, size == bytes.count
    else {
      throw TributaryError(
        "tensor.size", "\(dtype.rawValue) tensor of shape \(shape) cannot have \(bytes.count) bytes"
      )
    }
    self.dtype = dtype
    self.shape = shape
    self.bytes = bytes
  }

  /// A float32 tensor holding `values` in row-major order.
  public init(_ values: [Float], shape: Shape) {
    precondition(values.count == shape.elementCount, "values do not fill the shape")
    dtype = .float32
    self.shape = shape
    bytes = Bytes(copying: values)
  }

  /// The elements in row-major order; only for float32 tensors.
  public func floats() throws -> [Float] {
    guard dtype == .float32 else {
      throw TributaryError("tensor.dtype", "expected a F32 tensor, found \(dtype.rawValue)")
    }
    return bytes.array(of: Float.self)
  }
}

internal import CTributaryKernels
public import TributaryCore

extension Tensor {
  /// Items of `bytes`, each `shape` [C, ...] large, as float32 [rows.count, C, ...]:
  /// scale[c] * byte + shift[c].
  public init(rows: [Int], of bytes: Bytes, shape: Shape, scale: [Float], shift: [Float]) {
    let size = shape.elementCount
    require(
      shape.rank >= 1 && scale.count == shape[0] && shift.count == shape[0]
        && rows.allSatisfy { $0 >= 0 && ($0 + 1) * size <= bytes.count },
      "a row is outside \(bytes.count) bytes of items \(shape)")
    self.init(uninitialized: Shape([rows.count] + shape.dimensions))
    let plane = size / Swift.max(1, shape[0])
    let target = data
    bytes.withUnsafeBytes { raw in
      guard let source = raw.bindMemory(to: UInt8.self).baseAddress else { return }
      parallel(rows.count, grain: Swift.max(1, elementGrain / Swift.max(1, size))) { range in
        for position in range {
          for channel in 0..<shape[0] {
            let at = channel * plane
            tributary_bytes_to_float(
              source + rows[position] * size + at, plane, scale[channel], shift[channel],
              target + position * size + at)
          }
        }
      }
    }
  }
}

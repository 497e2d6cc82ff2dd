internal import CTributaryKernels
internal import TributaryCore

/// The matrix product over the last two axes, op(a) [..., m, k] times op(b) [..., k, n]; leading axes
/// are broadcast. Operands may be views: one of a matrix' two strides must be 1, else it is copied.
public func matmul(
  _ a: Tensor, _ b: Tensor, transposeA: Bool = false, transposeB: Bool = false
) -> Tensor {
  require(a.rank >= 2 && b.rank >= 2, "matmul: shapes \(a.shape) and \(b.shape)")
  let m = a.shape[a.rank - (transposeA ? 1 : 2)]
  let k = a.shape[a.rank - (transposeA ? 2 : 1)]
  let n = b.shape[b.rank - (transposeB ? 2 : 1)]
  require(
    b.shape[b.rank - (transposeB ? 1 : 2)] == k,
    "matmul: \(a.shape) x \(b.shape): inner dimensions differ")
  if b.rank == 2, a.rank > 2, !transposeA {
    let flat = matmul(a.reshaped([-1, k]), b, transposeB: transposeB)
    return flat.reshaped(Shape(a.shape.dimensions.dropLast() + [n]))
  }
  return batchedProduct(a, transposeA, b, transposeB, m: m, n: n, k: k).recorded(a, b) {
    gradient, call in
    [
      call.needs[0]
        ? (transposeA
          ? matmul(b, gradient, transposeA: transposeB, transposeB: true)
          : matmul(gradient, b, transposeB: !transposeB)).reduced(to: a.shape) : nil,
      call.needs[1]
        ? (transposeB
          ? matmul(gradient, a, transposeA: true, transposeB: transposeA)
          : matmul(a, gradient, transposeA: !transposeA)).reduced(to: b.shape) : nil,
    ]
  }
}

private func batchedProduct(
  _ a: Tensor, _ transposeA: Bool, _ b: Tensor, _ transposeB: Bool, m: Int, n: Int, k: Int
) -> Tensor {
  if a.rank == 2, b.rank == 2 { return oneProduct(a, transposeA, b, transposeB, m, n, k) }
  let leftBatch = Shape(a.shape.dimensions.dropLast(2))
  let rightBatch = Shape(b.shape.dimensions.dropLast(2))
  guard let batch = Shape.broadcast(leftBatch, rightBatch) else {
    refuse("matmul: \(a.shape) x \(b.shape): leading axes cannot be broadcast")
  }
  let result = Tensor(uninitialized: Shape(batch.dimensions + [m, n]))
  guard result.count > 0 else { return result }
  guard k > 0 else { return Tensor.zeros(result.shape) }
  let left = a.forProduct()
  let right = b.forProduct()
  let (first, second, target) = (left.data, right.data, result.data)
  let (ldA, flipA) = left.leading
  let (ldB, flipB) = right.leading
  func multiply(_ offsetA: Int, _ offsetB: Int, _ index: Int) {
    product(
      MatrixOperand(data: first + offsetA, isTransposed: flipA != transposeA, leading: ldA),
      MatrixOperand(data: second + offsetB, isTransposed: flipB != transposeB, leading: ldB),
      rows: m, columns: n, depth: k, into: target + index * m * n, leading: n)
  }
  let offsetsA = left.batchOffsets(batch)
  let offsetsB = right.batchOffsets(batch)
  parallel(batch.elementCount, grain: Swift.max(1, (1 << 16) / (m * n * k))) { range in
    for index in range { multiply(offsetsA[index], offsetsB[index], index) }
  }
  withExtendedLifetime((left, right)) {}
  return result
}

private func oneProduct(
  _ a: Tensor, _ transposeA: Bool, _ b: Tensor, _ transposeB: Bool, _ m: Int, _ n: Int, _ k: Int
) -> Tensor {
  guard m > 0, n > 0, k > 0 else { return Tensor.zeros([m, n]) }
  let result = Tensor(uninitialized: [m, n])
  let (left, right) = (a.forProduct(), b.forProduct())
  let (ldA, flipA) = left.leading
  let (ldB, flipB) = right.leading
  let (first, second, target) = (left.data, right.data, result.data)
  kernel(target) {
    product(
      MatrixOperand(data: first, isTransposed: flipA != transposeA, leading: ldA),
      MatrixOperand(data: second, isTransposed: flipB != transposeB, leading: ldB),
      rows: m, columns: n, depth: k, into: target, leading: n)
  }
  withExtendedLifetime((left, right)) {}
  return result
}

extension Tensor {
  /// This or a copy whose matrices BLAS can read.
  func forProduct() -> Tensor {
    if case .rowMajor = layout { return self }
    if isBlocked { return contiguous() }
    return readable == nil ? contiguous() : self
  }

  /// Leading dimension, and whether the matrix lies transposed in memory.
  var leading: (Int, Bool) { readable ?? (Swift.max(1, shape[rank - 1]), false) }

  private var readable: (Int, Bool)? {
    let strides = strides
    let (rows, columns) = (shape[rank - 2], shape[rank - 1])
    let (down, across) = (strides[rank - 2], strides[rank - 1])
    if (across == 1 || columns == 1) && (down >= columns || rows == 1) {
      return (Swift.max(down, columns), false)
    }
    if (down == 1 || rows == 1) && (across >= rows || columns == 1) {
      return (Swift.max(across, rows), true)
    }
    return nil
  }

  /// Where each matrix of the broadcast `batch` starts.
  func batchOffsets(_ batch: Shape) -> [Int] {
    var view = self
    view.shape = Shape(shape.dimensions.dropLast(2))
    view.layout = .strided(Array(strides.dropLast(2)))
    let strides = view.strides(broadcastTo: batch)
    var offsets = [0]
    for axis in batch.indices {
      offsets = offsets.flatMap { base in (0..<batch[axis]).map { base + $0 * strides[axis] } }
    }
    return offsets
  }
}

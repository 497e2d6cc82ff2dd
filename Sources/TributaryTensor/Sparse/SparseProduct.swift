internal import CTributaryKernels
internal import TributaryCore

/// `A x`: A sparse `[rows, columns]`, x `[columns, width]`, result `[rows, width]`. The gradient of x is Aᵀ times
/// that of the result.
///
/// A row's values are added in their order, each row by one thread: the same bits with any number of threads.
public func sparseProduct(_ matrix: SparseMatrix, _ x: Tensor) -> Tensor {
  require(
    x.rank == 2 && x.shape[0] == matrix.columns,
    "sparseProduct: [\(matrix.rows), \(matrix.columns)] x \(x.shape): inner dimensions differ")
  let input = x.detached.contiguous()
  let width = x.shape[1]
  let output = Tensor(uninitialized: [matrix.rows, width])
  let (source, target) = (input.data, output.data)
  let perRow = max(1, width * matrix.valueCount / max(1, matrix.rows))
  matrix.forward.withPointers { offsets, indices, values in
    parallel(matrix.rows, grain: max(1, elementGrain / perRow)) { rows in
      tributary_sparse_product(
        offsets, indices, values, source, width, rows.lowerBound, rows.upperBound, target)
    }
  }
  withExtendedLifetime(input) {}
  return output.recorded(x) { gradient, _ in [sparseProduct(matrix.transposed, gradient)] }
}

extension CompressedRows {
  fileprivate func withPointers(
    _ body: (UnsafePointer<Int32>, UnsafePointer<Int32>?, UnsafePointer<Float>?) -> Void
  ) {
    offsets.withUnsafeBufferPointer { offsets in
      indices.withUnsafeBufferPointer { indices in
        values.withUnsafeBufferPointer { values in
          guard let first = offsets.baseAddress else { return }
          body(first, indices.baseAddress, values.baseAddress)
        }
      }
    }
  }
}

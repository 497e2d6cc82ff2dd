internal import COneDNN
internal import COpenBLAS

/// A matrix in memory as BLAS wants it: one of the two strides is 1.
struct MatrixOperand {
  let data: UnsafePointer<Float>
  let isTransposed: Bool
  let leading: Int
}

/// C [rows, columns] = scale A B + keep C with B's rows `depth`, row-major with leading dimension `leading`.
///
/// Which library: by shape alone, as measured (2 cores of Zen 4, GFLOP/s a core; oneDNN / OpenBLAS):
/// 2048x384x1536 114 / 104; 10x200x784 with B transposed 108 / 48; but 64x64x32 71 / 80,
/// 64x10x64 36 / 72, 32x4x384 14 / 108: OpenBLAS where the product is small.
@inline(__always)
func product(
  _ a: MatrixOperand, _ b: MatrixOperand, rows: Int, columns: Int, depth: Int,
  into c: UnsafeMutablePointer<Float>, leading: Int, scale: Float = 1, keep: Float = 0
) {
  let work = rows * columns * depth
  let skinny = rows <= 16 && b.isTransposed && columns * depth >= 1 << 14
  if work <= 1 << 18 && !skinny {
    cblas_sgemm(
      CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans,
      b.isTransposed ? CblasTrans : CblasNoTrans, Int32(rows), Int32(columns), Int32(depth),
      scale, a.data, Int32(a.leading), b.data, Int32(b.leading), keep, c, Int32(leading))
  } else {
    check(
      dnnl_sgemm(
        CChar(a.isTransposed ? 84 : 78), CChar(b.isTransposed ? 84 : 78), Int64(rows),
        Int64(columns), Int64(depth), scale, a.data, Int64(a.leading), b.data, Int64(b.leading),
        keep, c,
        Int64(leading)), "a product of \(rows)x\(depth) and \(depth)x\(columns)")
  }
}

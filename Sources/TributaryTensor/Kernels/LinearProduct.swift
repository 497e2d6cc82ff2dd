internal import CTributaryKernels
internal import TributaryCore

/// The product of a layer: x [m, k] times W^T (W [n, k], `transposed`) or W (W [k, n]), plus bias [n].
///
/// Which way: by shape and kind of CPU, never by timing, since the bits depend on it. On an Intel with AVX-512 our
/// own `PanelProduct`; on AMD (Zen 4, Zen 5) oneDNN's matrix product with weights in a format of its own is the
/// fastest. Under `bfloat16` the large products are rounded where the CPU multiplies so faster
/// (`ComputePrecision`): not on that Intel, whose instruction for it gives half of float32's GFLOP/s.
struct LinearProduct {
  let transposed: Bool
  let (m, k, n): (Int, Int, Int)

  init(_ x: Tensor, _ weight: Tensor, transposed: Bool) {
    self.transposed = transposed
    (m, k) = (x.shape[0], x.shape[1])
    n = weight.shape[transposed ? 0 : 1]
  }

  /// `x`: a matrix readable by `forProduct`; `weight` and `bias`: contiguous; rows of `y` are `leading` apart.
  ///
  /// - Parameters:
  ///   - relu: whether what is below 0 becomes 0; only where `hasFewRows`.
  ///   - isKept: whether a copy of `weight` in another format is worth keeping: where it does not change.
  ///   - finish: what is still to be done to every piece of y, on several threads.
  func run(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil, into y: UnsafeMutablePointer<Float>,
    leading: Int, relu: Bool = false, isKept: Bool = true,
    finish: ((_ rows: Range<Int>, _ columns: Range<Int>) -> Void)? = nil
  ) {
    guard m > 0, n > 0 else { return }
    let (row, isFlipped) = x.leading
    precondition(!relu || hasFewRows && !isFlipped, "a product with ReLU has few rows")
    if isLarge, !ComputePrecision.roundsProducts, PanelProduct.serves(columns: n, depth: k) {
      PanelProduct(weight, transposed: transposed, isKept: isKept).run(
        MatrixOperand(data: x.data, isTransposed: isFlipped, leading: row), rows: m, bias?.data,
        into: y, leading: leading, finish: finish)
      return withExtendedLifetime((x, bias)) {}
    }
    if hasFewRows, !isFlipped {
      runFewRows(x, row, weight, bias, into: y, leading: leading, relu: relu)
    } else {
      multiply(x, weight, bias, into: y, leading: leading)
    }
    guard let finish else { return }
    ThreadContext.current.tape?.giveUp()
    parallel(m, grain: max(1, mathGrain / n)) { finish($0, 0..<n) }
  }

  private func multiply(
    _ x: Tensor, _ weight: Tensor, _ bias: Tensor?, into y: UnsafeMutablePointer<Float>,
    leading: Int
  ) {
    let (row, isFlipped) = x.leading
    let isHalf = ComputePrecision.roundsProducts && isLarge
    if isLarge, !isFlipped, isHalf || !Self.prefersPlainWeights {
      let half = isHalf ? x.bfloat16Rows() : nil
      let plan = MatrixPlan.cached(
        MatrixPlan.Geometry(
          m: m, k: k, n: n, source: (isHalf ? k : row, 1), target: leading,
          transposed: transposed, hasBias: bias != nil,
          precision: isHalf ? .bfloat16 : .float32))
      plan.run(half?.pointer ?? UnsafeMutableRawPointer(x.data), weight, bias, into: y)
      return withExtendedLifetime((x, half)) {}
    }
    let (source, matrix) = (x.data, weight.data)
    kernel(y) {
      product(
        MatrixOperand(data: source, isTransposed: isFlipped, leading: row),
        MatrixOperand(data: matrix, isTransposed: transposed, leading: transposed ? k : n),
        rows: m, columns: n, depth: k, into: y, leading: leading)
    }
    if let bias { add(bias, to: y, leading: leading) }
    withExtendedLifetime((x, weight)) {}
  }

  private func add(_ bias: Tensor, to y: UnsafeMutablePointer<Float>, leading: Int) {
    let shift = bias.data
    kernel(y) {
      parallel(m, grain: max(1, elementGrain / n)) { rows in
        for row in rows { tributary_add_in_place(shift, n, y + row * leading) }
      }
    }
    withExtendedLifetime(bias) {}
  }

  /// Whether x is a small batch's: kernels of our own are as fast as dnnl_sgemm or faster there (one core of an
  /// Intel with AVX-512, 10 rows, us, ours / dnnl_sgemm: times W^T of 784 to 200 22 / 26, of 3136 to 512 444 / 995;
  /// back through them 19 / 21 and 334 / 414), and the result is still at hand for bias and ReLU.
  var hasFewRows: Bool { m <= fewRows }

  private func runFewRows(
    _ x: Tensor, _ row: Int, _ weight: Tensor, _ bias: Tensor?,
    into y: UnsafeMutablePointer<Float>, leading: Int, relu: Bool
  ) {
    let (source, matrix, shift) = (x.data, weight.data, bias?.data)
    kernel(y) {
      parallel(n, grain: fewRowsGrain(m * k)) { columns in
        let at = columns.lowerBound
        if transposed {
          tributary_few_rows_linear(
            source, row, m, matrix + at * k, k, columns.count, shift.map { $0 + at },
            relu ? 1 : 0, y + at, leading)
        } else {
          tributary_few_rows_product(
            source, row, m, matrix + at, n, k, columns.count, y + at, leading)
        }
      }
    }
    if !transposed, let bias { add(bias, to: y, leading: leading) }
    withExtendedLifetime((x, weight, bias)) {}
  }

  private var isLarge: Bool { m >= 64 && m * n * k >= 1 << 22 }

  private static let prefersPlainWeights = tributary_cpu_is_intel() != 0
}

/// A small batch's rows: as many as our own kernels for it are best at.
let fewRows = 16

/// How many columns of a small batch's product are worth a thread, at `work` multiplications each.
func fewRowsGrain(_ work: Int) -> Int { max(32, (1 << 19) / max(1, work)) }

/// The distance between rows of `count` floats at which a product that reads them as columns does not run into
/// the same few cache sets again and again.
func spreadRow(_ count: Int) -> Int { count >= 512 && count % 512 == 0 ? count + 16 : count }

/// gradient^T x [n, k] for g [m, n] and x [m, k]: the gradient of W in y = x W^T.
func weightGradient(_ gradient: Tensor, _ x: Tensor) -> Tensor {
  let (m, n, k) = (gradient.shape[0], gradient.shape[1], x.shape[1])
  guard !isRecording, m * n * k >= 1 << 22 else { return matmul(gradient, x, transposeA: true) }
  if !ComputePrecision.roundsProducts {
    return panelWeightGradient(gradient, x) ?? matmul(gradient, x, transposeA: true)
  }
  let result = Tensor(uninitialized: [n, k])
  let (left, right) = (gradient.bfloat16Rows(), x.bfloat16Rows())
  let plan = MatrixPlan.cached(
    MatrixPlan.Geometry(
      m: n, k: m, n: k, source: (1, n), target: k, precision: .bfloat16, plain: true))
  plan.run(left.pointer, right.pointer, nil, into: result.data)
  withExtendedLifetime((left, right)) {}
  return result
}

/// The same in panels of x, which are kept: several layers may share x. nil where these do not serve.
private func panelWeightGradient(_ gradient: Tensor, _ x: Tensor) -> Tensor? {
  let (m, n, k) = (gradient.shape[0], gradient.shape[1], x.shape[1])
  let (g, source) = (gradient.forProduct(), x.forProduct())
  let (row, isFlipped) = g.leading
  guard n >= 64, PanelProduct.serves(columns: k, depth: m), !source.leading.1 else { return nil }
  let result = Tensor(uninitialized: [n, k])
  PanelProduct(source, transposed: false, isKept: true).run(
    MatrixOperand(data: g.data, isTransposed: !isFlipped, leading: row), rows: n,
    into: result.data, leading: k)
  withExtendedLifetime(g) {}
  return result
}

extension Tensor {
  /// This matrix as bfloat16, row-major.
  fileprivate func bfloat16Rows() -> Storage {
    let source = rowStride == nil ? contiguous() : self
    let (rows, columns, stride) = (shape[0], shape[1], rowStride ?? shape[1])
    let result = Storage(byteCount: Swift.max(1, 2 * rows * columns))
    let target = result.pointer.assumingMemoryBound(to: UInt16.self)
    let values = source.data
    parallel(rows, grain: Swift.max(1, elementGrain / Swift.max(1, columns))) {
      let first = $0.lowerBound
      tributary_to_bfloat16(
        values + first * stride, $0.count, columns, stride, target + first * columns)
    }
    withExtendedLifetime(source) {}
    return result
  }
}

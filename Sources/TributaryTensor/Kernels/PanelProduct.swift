internal import CTributaryKernels
internal import TributaryCore

/// A B + bias with B [depth, columns] packed in panels, by pieces of the result: what follows finds a piece in
/// the cache, the bias costs nothing, and a thread whose core is slower (others may compute there) takes fewer.
///
/// For Intel's AVX-512, where it is as fast as dnnl_sgemm or a little faster (one core alone: 140 to 163 GFLOP/s of
/// 179).
struct PanelProduct {
  private let panels: Storage
  private let (columns, depth): (Int, Int)

  /// Whether this way is the best one for a large product, by shape and kind of CPU; a table of words is too
  /// large to be copied.
  static func serves(columns: Int, depth: Int) -> Bool {
    columns >= 2 * width && columns * depth <= 1 << 22 && isIntelWithAVX512
  }

  private static let width = Int(tributary_wide_panel)
  private static let isIntelWithAVX512 =
    tributary_cpu_is_intel() != 0 && OneDNN.channelBlock == 16

  /// For products by `matrix` or, if `transposed`, its transpose; its rows may be any distance apart.
  ///
  /// - Parameter isKept: whether the packed copy is kept beside the matrix while its values are unchanged.
  init(_ matrix: Tensor, transposed: Bool, isKept: Bool = false) {
    let row = matrix.leading.0
    (depth, columns) =
      transposed ? (matrix.shape[1], matrix.shape[0]) : (matrix.shape[0], matrix.shape[1])
    let (depth, columns) = (depth, columns)
    func packed() -> Storage {
      Self.packed(
        matrix.data, transposed ? 1 : row, transposed ? row : 1, depth: depth, columns: columns)
    }
    panels =
      isKept
      ? matrix.storage.derived(
        [Self.width, transposed ? 1 : 0, matrix.offset, row, columns, depth], packed)
      : packed()
    withExtendedLifetime(matrix) {}
  }

  private static func packed(
    _ b: UnsafePointer<Float>, _ row: Int, _ step: Int, depth: Int, columns: Int
  ) -> Storage {
    let count = (columns + width - 1) / width
    let result = Storage(byteCount: 4 * count * width * depth)
    parallel(count, grain: max(1, elementGrain / (width * depth))) {
      tributary_pack_wide_panels(
        b, row, step, depth, columns, $0.lowerBound, $0.upperBound, result.floats)
    }
    return result
  }

  /// c [rows, columns], its rows `leading` apart, = op(a) B + bias: a may be transposed in memory.
  ///
  /// - Parameter finish: gets every piece of c, rows and columns, once it is complete, on several threads.
  func run(
    _ a: MatrixOperand, rows: Int, _ bias: UnsafePointer<Float>? = nil,
    into c: UnsafeMutablePointer<Float>, leading: Int,
    finish: ((_ rows: Range<Int>, _ columns: Range<Int>) -> Void)? = nil
  ) {
    let (row, step) = a.isTransposed ? (1, a.leading) : (a.leading, 1)
    let strips = Self.strips(of: rows)
    let breadth = 8 * Self.width
    let groups = (columns + breadth - 1) / breadth
    eachInTurn(groups * strips.count) { piece in
      let first = piece / strips.count * breadth
      let (rows, last) = (strips[piece % strips.count], min(columns, first + breadth))
      tributary_wide_panel_product(
        a.data + rows.lowerBound * row, row, step, panels.floats + first * depth,
        bias.map { $0 + first }, rows.count, depth, last - first,
        c + rows.lowerBound * leading + first, leading)
      finish?(rows, first..<last)
    }
    withExtendedLifetime(panels) {}
  }

  /// Rows a piece: long strips that use well what they fetch, then short ones, so that all threads end together.
  private static func strips(of rows: Int) -> [Range<Int>] {
    let long = rows / 4 * 3 / 64 * 64
    return stride(from: 0, to: long, by: 64).map { $0..<$0 + 64 }
      + stride(from: long, to: rows, by: 16).map { $0..<min(rows, $0 + 16) }
  }
}

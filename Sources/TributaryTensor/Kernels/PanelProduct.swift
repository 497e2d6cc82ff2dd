internal import CTributaryKernels
internal import TributaryCore

/// y = x W^T + bias, x [m, k] and W [n, k], with W packed in panels: rows of y are finished one after the other,
/// so that what follows finds them in the cache, and the bias costs nothing.
///
/// For Intel's AVX-512, as measured on one core (GFLOP/s with the packing; in brackets dnnl_sgemm, without the
/// bias; peak 179), m = 1024: n = k = 384: 162 (163); n = 1536, k = 384: 147 (159), but a GELU saves a pass over
/// memory; n = 384, k = 1536: 154 (146).
struct PanelProduct {
  private let panels: Storage
  private let (n, k): (Int, Int)

  /// Whether this way is the best one for a large product, by shape and kind of CPU; a table of words is too
  /// large to be copied.
  static func serves(columns n: Int, depth k: Int) -> Bool {
    n >= 2 * width && n * k <= 1 << 22 && isIntelWithAVX512
  }

  private static let width = Int(tributary_wide_panel)
  private static let isIntelWithAVX512 =
    tributary_cpu_is_intel() != 0 && OneDNN.channelBlock == 16

  /// - Parameter isKept: whether the packed copy is kept beside `weight`, [n, k] and contiguous, while its values
  ///   are unchanged.
  init(_ weight: Tensor, isKept: Bool) {
    (n, k) = (weight.shape[0], weight.shape[1])
    panels =
      isKept
      ? weight.storage.derived([Self.width, weight.offset, n, k]) { Self.packed(weight) }
      : Self.packed(weight)
  }

  private static func packed(_ weight: Tensor) -> Storage {
    let (n, k) = (weight.shape[0], weight.shape[1])
    let count = (n + width - 1) / width
    let result = Storage(byteCount: 4 * count * width * k)
    parallel(count, grain: max(1, elementGrain / (width * k))) {
      tributary_pack_wide_panels(
        weight.data, 1, k, k, n, $0.lowerBound, $0.upperBound, result.floats)
    }
    withExtendedLifetime(weight) {}
    return result
  }

  /// Rows of x are `row` apart, those of y `leading`. `finish` gets every piece of y, rows and columns, once it is
  /// complete.
  func run(
    _ x: Tensor, row: Int, _ bias: Tensor?, into y: UnsafeMutablePointer<Float>, leading: Int,
    finish: ((_ rows: Range<Int>, _ columns: Range<Int>) -> Void)?
  ) {
    let (source, shift, m) = (x.data, bias?.data, x.shape[0])
    let strips = (m + 7) / 8
    parallel(strips, grain: 1) { range in
      let rows = 8 * range.lowerBound..<min(m, 8 * range.upperBound)
      for (rows, columns) in pieces(of: rows, isWhole: finish == nil) {
        tributary_wide_panel_product(
          source + rows.lowerBound * row, row, panels.floats + columns.lowerBound * k,
          shift.map { $0 + columns.lowerBound }, rows.count, k, columns.count,
          y + rows.lowerBound * leading + columns.lowerBound, leading)
        finish?(rows, columns)
      }
    }
    withExtendedLifetime((x, panels, bias)) {}
  }

  /// Pieces that stay in the second-level cache, those of the same columns after each other.
  private func pieces(
    of rows: Range<Int>, isWhole: Bool
  ) -> [(rows: Range<Int>, columns: Range<Int>)] {
    if isWhole { return [(rows, 0..<n)] }
    let (height, breadth) = (64, 8 * Self.width)
    return stride(from: 0, to: n, by: breadth).flatMap { column in
      stride(from: rows.lowerBound, to: rows.upperBound, by: height).map { row in
        (row..<min(rows.upperBound, row + height), column..<min(n, column + breadth))
      }
    }
  }
}

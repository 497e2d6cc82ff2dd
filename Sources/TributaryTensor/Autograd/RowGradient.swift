internal import CTributaryKernels
internal import TributaryCore

/// The gradient of a look-up with respect to its table: zeros but for `values` added at the rows `ids`.
///
/// A batch looks up a few rows of a large table; the table's own gradient would be nearly all zeros.
struct RowGradient {
  /// int32 [count].
  let ids: Tensor
  /// [count, D].
  let values: Tensor

  /// Adds the values to their rows of `table` [V, `width`].
  func add(to table: UnsafeMutablePointer<Float>, width: Int) {
    let (source, rows, count) = (values.data, ids.integers, ids.count)
    // Columns are split, so that two equal ids never meet on two threads.
    parallel(width, grain: max(16, elementGrain / max(1, count))) {
      tributary_scatter_rows(source, rows, count, width, $0.lowerBound, $0.upperBound, table)
    }
    withExtendedLifetime(self) {}
  }
}

/// Row gradients of one table [V, D], each row that they touch once.
struct CompactRows {
  /// Where each row of the table is among `sums`; -1: nowhere, its gradient is 0. int32 [V].
  let places: Tensor
  /// [touched rows, D].
  let sums: Tensor

  init(_ gradients: [RowGradient], table: Shape) {
    places = Tensor(uninitialized: [table[0]], dtype: .int32)
    let target = places.integers
    target.update(repeating: -1, count: table[0])
    var touched: Int32 = 0
    for gradient in gradients {
      let ids = gradient.ids.integers
      for index in 0..<gradient.ids.count where target[Int(ids[index])] < 0 {
        target[Int(ids[index])] = touched
        touched += 1
      }
      withExtendedLifetime(gradient) {}
    }
    sums = .zeros([Int(touched), table[1]])
    for gradient in gradients {
      let ids = gradient.ids.integers
      let compact = Tensor(
        (0..<gradient.ids.count).map { target[Int(ids[$0])] }, shape: gradient.ids.shape)
      RowGradient(ids: compact, values: gradient.values).add(to: sums.data, width: table[1])
      withExtendedLifetime(gradient) {}
    }
  }
}

internal import CTributaryKernels
internal import TributaryCore

/// Rows of `table` [V, D] by `ids` (int32, any shape): [..., D].
public func embedding(_ table: Tensor, ids: Tensor) -> Tensor {
  require(
    table.rank == 2 && ids.dtype == .int32, "embedding: table \(table.shape), ids \(ids.dtype)")
  let indices = ids.contiguous()
  let (count, width) = (ids.count, table.shape[1])
  let vocabulary = Int32(clamping: table.shape[0])
  let rows = table.detached.contiguous()
  let output = Tensor(uninitialized: Shape(ids.shape.dimensions + [width]))
  let (source, index, target) = (rows.data, indices.integers, output.data)
  for position in 0..<count {
    require(
      index[position] >= 0 && index[position] < vocabulary,
      "embedding: an id is outside 0..<\(vocabulary)")
  }
  parallel(count, grain: max(1, elementGrain / max(1, width))) {
    tributary_gather_rows(
      source, index + $0.lowerBound, $0.count, width, target + $0.lowerBound * width)
  }
  withExtendedLifetime((rows, indices)) {}
  return output.recorded(table) { gradient, call in
    if let factors = call.factors {
      let rows = RowGradient(ids: indices, values: gradient.detached.contiguous())
      if factors.take(rows, of: table.shape, for: call.node.parents[0]) { return [nil] }
    }
    return [embeddingGradient(gradient, ids: indices, table: table.shape)]
  }
}

/// Zeros [V, D] with the rows of `gradient` added at `ids`: the transpose of the look-up.
private func embeddingGradient(_ gradient: Tensor, ids: Tensor, table: Shape) -> Tensor {
  let output = Tensor.zeros(table)
  RowGradient(ids: ids, values: gradient.detached.contiguous())
    .add(to: output.data, width: table[1])
  return output.recorded(gradient) { seed, _ in [embedding(seed, ids: ids)] }
}

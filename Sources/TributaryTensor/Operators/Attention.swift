internal import CTributaryKernels
public import TributaryCore

/// Scaled dot-product attention (Vaswani et al. 2017): softmax(Q K^T / sqrt(D)) V.
///
/// query [B, H, T, D], key and value [B, H, S, D], which may be views; mask float [B, S], 0 where a key
/// must not be looked at. Where `isCausal`, query t sees keys up to S - T + t only: the queries are the last
/// T of S tokens, none of which sees a later one. `dropout` falls on the probabilities and needs `randomKey`. The result
/// [B, H, T, D] lies in memory as [B, T, H, D], so joining the heads costs nothing.
public func attention(
  query: Tensor, key: Tensor, value: Tensor, mask: Tensor? = nil, dropout: Float = 0,
  randomKey: RandomKey? = nil, isCausal: Bool = false
) -> Tensor {
  require(
    query.rank == 4 && key.rank == 4 && key.shape == value.shape
      && query.shape[0] == key.shape[0] && query.shape[1] == key.shape[1]
      && query.shape[3] == key.shape[3],
    "attention: query \(query.shape), key \(key.shape), value \(value.shape)")
  require(
    mask.map { $0.shape == [key.shape[0], key.shape[2]] } ?? true,
    "attention: mask \(mask?.shape ?? []) for key \(key.shape)")
  require(
    !isCausal || query.shape[2] <= key.shape[2],
    "attention: \(query.shape[2]) causal queries for \(key.shape[2]) keys")
  require(dropout == 0 || randomKey != nil, "attention: dropout needs a random key")
  let draw = randomKey.flatMap { dropout > 0 ? DropoutDraw(dropout, $0) : nil }
  let run = AttentionRun(query, key, value, mask: mask, draw: draw, isCausal: isCausal)
  let (output, probabilities) = run.forward()
  return output.recorded(query, key, value) { gradient, _ in
    if isRecording {
      return differentiated([query, key, value], seed: gradient) {
        composedAttention($0[0], $0[1], $0[2], mask, dropout, randomKey, isCausal)
      }
    }
    return run.backward(gradient.detached, probabilities)
  }
}

private func composedAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, _ mask: Tensor?, _ probability: Float,
  _ randomKey: RandomKey?, _ isCausal: Bool
) -> Tensor {
  var scores = matmul(query, key, transposeB: true) * (1 / Float(query.shape[3]).squareRoot())
  if let mask {
    scores = scores.closed(where: mask.detached.reshaped([mask.shape[0], 1, 1, mask.shape[1]]))
  }
  if isCausal { scores = scores.closed(where: .causalMask(query.shape[2], key.shape[2])) }
  var probabilities = softmax(scores)
  if probability > 0, let randomKey {
    // Drawn per head on rows padded to whole blocks, as the fused way draws.
    probabilities = droppedHeads(probabilities, probability, randomKey)
  }
  return matmul(probabilities, value)
}

extension Tensor {
  /// The lowest float32 where `open` is 0.
  fileprivate func closed(where open: Tensor) -> Tensor {
    self * open + (open - 1) * Float.greatestFiniteMagnitude
  }

  /// [1, 1, T, S]: 1 where query t may see key s.
  fileprivate static func causalMask(_ length: Int, _ span: Int) -> Tensor {
    let values = (0..<length).flatMap { row in
      (0..<span).map { $0 <= span - length + row ? Float(1) : 0 }
    }
    return Tensor(values, shape: [1, 1, length, span])
  }
}

private func droppedHeads(_ x: Tensor, _ probability: Float, _ key: RandomKey) -> Tensor {
  let count = x.shape[2] * x.shape[3]
  let heads = x.reshaped([-1, count])
  let padding = roundedUp(count, to: 64) - count
  let dropped = TributaryTensor.dropout(
    heads.padded(axis: 1, before: 0, after: padding), probability: probability, key: key)
  return dropped.sliced(axis: 1, 0..<count).reshaped(x.shape)
}

/// One fused attention: head by head, scores never leave the cache between product and softmax.
private struct AttentionRun {
  let query: Tensor
  let key: Tensor
  let value: Tensor
  let mask: Tensor?
  let draw: DropoutDraw?
  let isCausal: Bool
  let (heads, length, span, width): (Int, Int, Int, Int)
  let count: Int

  init(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, mask: Tensor?, draw: DropoutDraw?,
    isCausal: Bool
  ) {
    self.query = query.detached.withContiguousRows()
    self.key = key.detached.withContiguousRows()
    self.value = value.detached.withContiguousRows()
    self.mask = mask?.detached.contiguous()
    self.draw = draw
    self.isCausal = isCausal
    heads = query.shape[1]
    length = query.shape[2]
    span = key.shape[2]
    width = query.shape[3]
    count = query.shape[0] * query.shape[1]
  }

  private var scale: Float { 1 / Float(width).squareRoot() }
  private var area: Int { length * span }

  func forward() -> (Tensor, Tensor) {
    let probabilities = Tensor(uninitialized: [count, length, span])
    let output = headsInMemory(length)
    let (q, k, v, o) = (rows(query), rows(key), rows(value), rows(output))
    let (p, m) = (probabilities.data, mask?.data)
    parallel(count, grain: 1) { range in
      let scratch = draw.map { _ in Storage(byteCount: 4 * area) }
      for head in range {
        let scores = p + head * area
        product(
          q.operand(head), k.operand(head, transposed: true), rows: length, columns: span,
          depth: width, into: scores, leading: span)
        let open = m.map { $0 + head / heads * span }
        if isCausal {
          tributary_causal_softmax(scores, length, span, scale, open)
        } else {
          tributary_masked_softmax(scores, length, span, scale, open)
        }
        var weights = UnsafePointer(scores)
        if let draw, let scratch {
          draw.apply(scores, first: head * roundedUp(area, to: 64), area, scratch.floats)
          weights = UnsafePointer(scratch.floats)
        }
        product(
          MatrixOperand(data: weights, isTransposed: false, leading: span), v.operand(head),
          rows: length, columns: width, depth: span, into: o.pointer(head), leading: o.leading)
      }
    }
    withExtendedLifetime(self) {}
    return (output, probabilities)
  }

  func backward(_ gradient: Tensor, _ probabilities: Tensor) -> [Tensor?] {
    let upstream = gradient.withContiguousRows()
    let (dq, dk, dv) = (headsInMemory(length), headsInMemory(span), headsInMemory(span))
    let (q, k, v, g) = (rows(query), rows(key), rows(value), rows(upstream))
    let (tq, tk, tv) = (rows(dq), rows(dk), rows(dv))
    let p = probabilities.data
    parallel(count, grain: 1) { range in
      let scratch = Storage(byteCount: 8 * area)
      let (slope, dropped) = (scratch.floats, scratch.floats + area)
      for head in range {
        let y = p + head * area
        product(
          g.operand(head), v.operand(head, transposed: true), rows: length, columns: span,
          depth: width, into: slope, leading: span)
        var weights = UnsafePointer(y)
        if let draw {
          let first = head * roundedUp(area, to: 64)
          draw.apply(y, first: first, area, dropped)
          weights = UnsafePointer(dropped)
          draw.apply(slope, first: first, area, slope)
        }
        product(
          MatrixOperand(data: weights, isTransposed: true, leading: span), g.operand(head),
          rows: span, columns: width, depth: length, into: tv.pointer(head), leading: tv.leading)
        tributary_scaled_softmax_backward(slope, y, length, span, scale)
        let slopes = UnsafePointer(slope)
        product(
          MatrixOperand(data: slopes, isTransposed: false, leading: span), k.operand(head),
          rows: length, columns: width, depth: span, into: tq.pointer(head), leading: tq.leading)
        product(
          MatrixOperand(data: slopes, isTransposed: true, leading: span), q.operand(head),
          rows: span, columns: width, depth: length, into: tk.pointer(head), leading: tk.leading)
      }
    }
    withExtendedLifetime((self, upstream, probabilities)) {}
    return [dq, dk, dv]
  }

  /// [B, H, rows, D] that lies in memory as [B, rows, H, D].
  private func headsInMemory(_ rows: Int) -> Tensor {
    Tensor(uninitialized: [query.shape[0], rows, heads, width]).permuted([0, 2, 1, 3])
  }

  private func rows(_ tensor: Tensor) -> HeadRows { HeadRows(tensor, heads) }
}

/// Where each head's matrix lies.
private struct HeadRows {
  private let base: UnsafeMutablePointer<Float>
  private let heads: Int
  private let (batchStride, headStride): (Int, Int)
  let leading: Int

  init(_ tensor: Tensor, _ heads: Int) {
    base = tensor.data
    self.heads = heads
    let strides = tensor.strides
    batchStride = strides[0]
    headStride = strides[1]
    leading = max(strides[2], tensor.shape[3])
  }

  func pointer(_ index: Int) -> UnsafeMutablePointer<Float> {
    base + index / heads * batchStride + index % heads * headStride
  }

  func operand(_ index: Int, transposed: Bool = false) -> MatrixOperand {
    MatrixOperand(data: pointer(index), isTransposed: transposed, leading: leading)
  }
}

extension Tensor {
  fileprivate func withContiguousRows() -> Tensor {
    if case .strided(let strides) = layout, strides[rank - 1] == 1,
      strides[rank - 2] >= shape[rank - 1]
    {
      return self
    }
    return contiguous()
  }
}

internal import CTributaryKernels
internal import TributaryCore

/// One fused attention, head by head: scores never leave the cache between product and softmax.
struct AttentionRun {
  private let query: Tensor
  private let key: Tensor
  private let value: Tensor
  private let mask: Tensor?
  private let kept: DropoutMask?
  private let isCausal: Bool
  private let (heads, length, span, width): (Int, Int, Int, Int)

  init(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, mask: Tensor?, kept: DropoutMask?,
    isCausal: Bool
  ) {
    self.query = query.detached.withContiguousRows()
    self.key = key.detached.withContiguousRows()
    self.value = value.detached.withContiguousRows()
    self.mask = mask?.detached.contiguous()
    self.kept = kept
    self.isCausal = isCausal
    heads = query.shape[1]
    length = query.shape[2]
    span = key.shape[2]
    width = query.shape[3]
  }

  private var count: Int { query.shape[0] * heads }
  private var area: Int { length * span }

  /// The output, and the probabilities [B * H, T, S] before dropout.
  func forward() -> (Tensor, Tensor) {
    let probabilities = Tensor(uninitialized: [count, length, span])
    let output = headsInMemory(length)
    let target = HeadRows(output, heads)
    let p = probabilities.data
    forEachHead(output: target.leading) { index, head, scratch in
      tributary_attention(&head, p + index * area, target.pointer(index), scratch)
    }
    return (output, probabilities)
  }

  /// The gradients of query, key and value.
  func backward(_ gradient: Tensor, _ probabilities: Tensor) -> [Tensor?] {
    let upstream = gradient.withContiguousRows()
    let (dq, dk, dv) = (headsInMemory(length), headsInMemory(span), headsInMemory(span))
    let g = HeadRows(upstream, heads)
    let (tq, tk, tv) = (HeadRows(dq, heads), HeadRows(dk, heads), HeadRows(dv, heads))
    let p = probabilities.data
    forEachHead(gradient: tq.leading) { index, head, scratch in
      tributary_attention_backward(
        &head, p + index * area, g.pointer(index), g.leading, tq.pointer(index),
        tk.pointer(index), tv.pointer(index), scratch)
    }
    withExtendedLifetime((upstream, probabilities)) {}
    return [dq, dk, dv]
  }

  private func forEachHead(
    output: Int = 0, gradient: Int = 0,
    _ body: (_ index: Int, _ head: inout tributary_head, UnsafeMutablePointer<Float>) -> Void
  ) {
    let (q, k, v) = (HeadRows(query, heads), HeadRows(key, heads), HeadRows(value, heads))
    let open = mask?.data
    let kept = kept?.bytes
    parallel(count, grain: 1) { range in
      let scratch = Storage(byteCount: 4 * tributary_attention_scratch(length, span, width))
      for index in range {
        var head = tributary_head(
          query: q.pointer(index), key: k.pointer(index), value: v.pointer(index),
          mask: open.map { UnsafePointer($0 + index / heads * span) },
          kept: kept.map { $0 + index * area }, queryRow: q.leading, keyRow: k.leading,
          valueRow: v.leading, outputRow: output, gradientRow: gradient, length: length,
          span: span, width: width, scale: 1 / Float(width).squareRoot(),
          keptScale: self.kept?.scale ?? 1, isCausal: isCausal ? 1 : 0)
        body(index, &head, scratch.floats)
      }
    }
    withExtendedLifetime(self) {}
  }

  /// [B, H, rows, D] that lies in memory as [B, rows, H, D].
  private func headsInMemory(_ rows: Int) -> Tensor {
    Tensor(uninitialized: [query.shape[0], rows, heads, width]).permuted([0, 2, 1, 3])
  }
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

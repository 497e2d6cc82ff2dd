internal import CTributaryKernels
public import TributaryCore

/// Scaled dot-product attention (Vaswani et al. 2017): softmax(Q K^T / sqrt(D)) V.
///
/// query [B, H, T, D], key and value [B, H, S, D], which may be views; mask float [B, S], 0 where a key
/// must not be looked at. Where `isCausal`, query t sees keys up to S - T + t only: the queries are the last
/// T of S tokens, none of which sees a later one. `dropout` falls on the probabilities and needs `randomKey`.
/// The result [B, H, T, D] lies in memory as [B, T, H, D], so joining the heads costs nothing.
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
  let shape: Shape = [query.shape[0], query.shape[1], query.shape[2], key.shape[2]]
  let kept = randomKey.flatMap { dropout > 0 ? DropoutMask(dropout, $0, shape: shape) : nil }
  let run = AttentionRun(query, key, value, mask: mask, kept: kept, isCausal: isCausal)
  let (output, probabilities) = run.forward()
  return output.recorded(query, key, value) { gradient, _ in
    if isRecording {
      return differentiated([query, key, value], seed: gradient) {
        composedAttention($0[0], $0[1], $0[2], mask, kept, isCausal)
      }
    }
    return run.backward(gradient.detached, probabilities)
  }
}

private func composedAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, _ mask: Tensor?, _ kept: DropoutMask?,
  _ isCausal: Bool
) -> Tensor {
  var scores = matmul(query, key, transposeB: true) * (1 / Float(query.shape[3]).squareRoot())
  if let mask {
    scores = scores.closed(where: mask.detached.reshaped([mask.shape[0], 1, 1, mask.shape[1]]))
  }
  if isCausal { scores = scores.closed(where: .causalMask(query.shape[2], key.shape[2])) }
  let probabilities = softmax(scores)
  return matmul(kept.map { probabilities.kept($0) } ?? probabilities, value)
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

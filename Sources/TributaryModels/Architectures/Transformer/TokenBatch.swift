internal import TributaryCore
internal import TributaryNN
internal import TributaryTensor

/// A batch of texts that fits the model.
struct TokenBatch {
  /// int32 `[B, T]`.
  let ids: Tensor
  /// float32 `[B, T]`, 1 at tokens and 0 at padding.
  let mask: Tensor
  /// int32 `[B, T]`; nil: all 0.
  let segments: Tensor?

  /// The mask of what attention sees in `pass`: virtual tokens are there in front of every text.
  func mask(in pass: Pass) -> Tensor {
    let prompt = pass.adapters?.prompt?.tensor.shape[0] ?? 0
    let count = prompt + (pass.adapters?.prefix?.count ?? 0)
    return count == 0 ? mask : .concatenated([.ones([mask.shape[0], count]), mask], axis: 1)
  }

  /// The vectors of the texts' own tokens, `x` without those of a prompt in front: `[B, T, size]`.
  func texts(of x: Tensor) -> Tensor {
    let (length, own) = (x.shape[1], ids.shape[1])
    return length == own ? x : x.sliced(axis: 1, (length - own)..<length)
  }

  /// int32 `[B]`: how many tokens each row has; nil where none is padded.
  var lengths: Tensor? {
    let counts = mask.sum(axes: [1]).floats().map { Int32($0) }
    guard counts.contains(where: { $0 < mask.shape[1] }) else { return nil }
    return Tensor(counts, shape: [counts.count])
  }

  /// The index of each row's last token, not counting padding.
  var lastTokens: [Int] {
    let (values, length) = (mask.floats(), mask.shape[1])
    return (0..<mask.shape[0]).map { row in
      values[(row * length)..<((row + 1) * length)].lastIndex { $0 != 0 }.map { $0 - row * length }
        ?? 0
    }
  }
}

extension Model {
  /// The tokens of `input`, checked against the model's limits.
  ///
  /// - Throws: `model.input`.
  func tokens(_ input: ModelInput) throws -> TokenBatch {
    guard case .tokens(let ids, let mask, let segments) = input else {
      throw TributaryError("model.input", "\(architecture) takes text, not images")
    }
    guard ids.shape.rank == 2, mask.shape == ids.shape, segments?.shape ?? ids.shape == ids.shape,
      ids.shape[1] <= maximumTokens ?? .max
    else {
      throw TributaryError(
        "model.input",
        "\(architecture) takes at most \(maximumTokens ?? .max) tokens, not \(ids.shape)")
    }
    return TokenBatch(ids: ids, mask: mask, segments: segments)
  }
}

extension Pooling {
  /// One vector a text out of its tokens' `x` `[B, T, size]`: the first or the mean, `[B, size]`.
  func callAsFunction(_ x: Tensor, mask: Tensor) -> Tensor {
    switch self {
    case .cls: return x.sliced(axis: 1, 0..<1).reshaped([x.shape[0], x.shape[2]])
    case .mean:
      let weights = mask.reshaped([mask.shape[0], mask.shape[1], 1])
      // A text may be empty, where a tokenizer adds no tokens of its own.
      return (x * weights).sum(axes: [1]) / ((weights.sum(axes: [1]) - 1).relu() + 1)
    }
  }
}

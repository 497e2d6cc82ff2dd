internal import TributaryCore
internal import TributaryTensor

extension ModelInput {
  /// The examples of both batches as one, these first; the shorter texts are padded.
  ///
  /// - Throws: `model.input` where one is images and the other text, or either has targets to write.
  public func joined(with other: ModelInput) throws -> ModelInput {
    switch (self, other) {
    case (.images(let a), .images(let b)): return .images(.concatenated([a, b], axis: 0))
    case (.tokens(let ids, let mask, nil), .tokens(let otherIDs, let otherMask, nil)):
      let length = max(ids.shape[1], otherIDs.shape[1])
      let lists = Self.rows(ids, length) + Self.rows(otherIDs, length)
      return .tokens(
        ids: Tensor(Array(lists.joined()), shape: [lists.count, length]),
        mask: .concatenated(
          [mask, otherMask].map { $0.padded(axis: 1, before: 0, after: length - $0.shape[1]) },
          axis: 0))
    default:
      throw TributaryError("model.input", "batches of different kinds cannot be put together")
    }
  }

  /// The rows of `[batch, some length]`, zeros added.
  private static func rows(_ ids: Tensor, _ length: Int) -> [[Int32]] {
    let (count, width) = (ids.shape[0], ids.shape[1])
    let values = ids.ints()
    return (0..<count).map { row in
      Array(values[(row * width)..<((row + 1) * width)])
        + [Int32](repeating: 0, count: length - width)
    }
  }
}

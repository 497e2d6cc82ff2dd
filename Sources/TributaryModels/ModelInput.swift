internal import TributaryCore
public import TributaryNN
public import TributaryTensor

/// A batch as a model takes it.
public enum ModelInput: Sendable {
  /// Normalised images `[batch, channels, height, width]`.
  case images(Tensor)
  /// Token ids int32 `[batch, length]`; mask float32 of the same shape, 1 at tokens and 0 at padding;
  /// segments int32 of the same shape, nil for all 0.
  case tokens(ids: Tensor, mask: Tensor, segments: Tensor? = nil)
  /// Texts with what is to be written of them: ids int32 `[batch, length]` with mask as above, and the
  /// target's tokens int32 `[batch, target length]`, each to be followed by the next.
  case pairs(source: Tensor, mask: Tensor, target: Tensor)
  /// Nodes int32 `[batch]` of a graph: the whole graph is computed, these are asked for.
  case nodes(Tensor, of: NodeGraph)

  /// Token lists padded to the longest of them, rounded up to a multiple of `multiple`, so that few
  /// shapes occur.
  ///
  /// - Parameters:
  ///   - padding: the id behind shorter lists; masked, so its value does not matter to the result.
  ///   - maximum: the most tokens the model can take; the rounding stops there.
  public static func tokens(
    _ lists: [[Int32]], padding: Int32 = 0, multiple: Int = 8, maximum: Int? = nil
  ) -> ModelInput {
    let longest = lists.map(\.count).max() ?? 0
    let rounded = max(1, (longest + multiple - 1) / multiple * multiple)
    let length = max(longest, min(rounded, maximum ?? rounded))
    var ids = [Int32](repeating: padding, count: lists.count * length)
    var mask = [Float](repeating: 0, count: lists.count * length)
    for (row, list) in lists.enumerated() {
      for (column, id) in list.enumerated() {
        ids[row * length + column] = id
        mask[row * length + column] = 1
      }
    }
    return .tokens(
      ids: Tensor(ids, shape: [lists.count, length]),
      mask: Tensor(mask, shape: [lists.count, length]))
  }

  /// Texts for a causal language model to learn from: of each all tokens but the last, and as labels of the
  /// model's rows `[batch * length]` the tokens that follow, `ignoredLabel` where none does.
  public static func nextTokens(
    _ lists: [[Int32]], padding: Int32 = 0, multiple: Int = 8, maximum: Int? = nil
  ) -> (input: ModelInput, labels: Tensor) {
    let input = tokens(
      lists.map { Array($0.dropLast()) }, padding: padding, multiple: multiple, maximum: maximum)
    guard case .tokens(let ids, _, _) = input else { preconditionFailure("texts make tokens") }
    let length = ids.shape[1]
    let labels = lists.flatMap { list in
      (1...length).map { $0 < list.count ? list[$0] : ignoredLabel }
    }
    return (input, Tensor(labels, shape: [labels.count]))
  }
}

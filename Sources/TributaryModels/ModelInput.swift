internal import TributaryCore
public import TributaryTensor

/// A batch as a model takes it.
public enum ModelInput: Sendable {
  /// Normalised images `[batch, channels, height, width]`.
  case images(Tensor)
  /// Token ids int32 `[batch, length]`; mask float32 of the same shape, 1 at tokens and 0 at padding;
  /// segments int32 of the same shape, nil for all 0.
  case tokens(ids: Tensor, mask: Tensor, segments: Tensor? = nil)

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
}

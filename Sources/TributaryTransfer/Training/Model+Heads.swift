internal import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryTensor

extension Model {
  /// `logits` `[rows, classes]` as a row's task sees them: the classes of other heads than its label's out of the
  /// question. Where there is one head, as they are.
  ///
  /// - Parameter labels: int32, a row each.
  func judged(_ logits: Tensor, by labels: Tensor) -> Tensor {
    guard let heads = configuration.heads.map(TaskHeads.init) else { return logits }
    let classes = logits.shape[1]
    var mask = [Float](repeating: Self.impossible, count: logits.count)
    for (row, label) in labels.ints().enumerated() {
      let own = heads.head(of: Int(label)).map { heads.ranges[$0] } ?? 0..<classes
      for place in own { mask[row * classes + place] = 0 }
    }
    return logits + Tensor(mask, shape: logits.shape)
  }

  /// Far below any logit, and a number still.
  private static var impossible: Float { -1e9 }
}

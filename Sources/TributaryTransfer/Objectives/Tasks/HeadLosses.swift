internal import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryTensor

/// The rows of a batch that are one head's task.
struct HeadRows {
  let head: Int
  /// The head's classes.
  let range: Range<Int>
  /// int32 positions in the batch.
  let rows: Tensor
  /// int32, the head's own labels, from 0.
  let labels: Tensor

  /// Of the heads that have an example in the batch.
  ///
  /// - Parameter labels: int32, a row each.
  static func all(_ labels: Tensor, heads: TaskHeads) -> [HeadRows] {
    let values = labels.ints()
    return heads.ranges.enumerated().compactMap { head, range in
      let rows = values.indices.filter { range.contains(Int(values[$0])) }
      guard !rows.isEmpty else { return nil }
      return HeadRows(
        head: head, range: range, rows: Tensor(rows.map(Int32.init), shape: [rows.count]),
        labels: Tensor(rows.map { values[$0] - Int32(range.lowerBound) }, shape: [rows.count]))
    }
  }

  /// The head's own logits of its rows, `[rows, classes of the head]`.
  func logits(_ all: Tensor) -> Tensor { embedding(all, ids: rows).sliced(axis: 1, range) }

  /// The mean cross-entropy of its rows.
  func loss(_ logits: Tensor) -> Tensor {
    crossEntropy(logits: self.logits(logits), labels: labels)
  }
}

extension LoadedModel {
  /// - Throws: `objective.heads` where the model has one head only.
  func requireHeads(for objective: String) throws {
    guard configuration.heads == nil else { return }
    throw TributaryError(
      "objective.heads", "\(objective) weighs several tasks against each other, the run has one",
      advice: "say the classes of each task: task.heads: [10, 4], and data.tasks")
  }
}

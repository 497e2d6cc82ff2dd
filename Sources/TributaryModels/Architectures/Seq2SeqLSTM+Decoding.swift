internal import TributaryCore
public import TributaryNN
public import TributaryTensor

extension Seq2SeqLSTM {
  /// Greedy decoding: at every step the most likely token, for all texts of the batch at once.
  ///
  /// - Parameters:
  ///   - begin: the token in front of every target; `end`: the one that ends it.
  ///   - maximumTokens: after so many a target ends without `end`.
  /// - Returns: the targets' ids, without `begin` and `end`.
  public func decoded(
    _ source: Tensor, mask: Tensor, begin: Int32, end: Int32, maximumTokens: Int, _ pass: Pass
  ) throws -> [[Int32]] {
    try withoutGradient {
      let encoding = try encode(source, mask: mask, pass)
      let batch = source.shape[0]
      var state = encoding.initial
      var last = [Int32](repeating: begin, count: batch)
      var results = [[Int32]](repeating: [], count: batch)
      var open = Set(0..<batch)
      for _ in 0..<maximumTokens where !open.isEmpty {
        let step = try decode(Tensor(last, shape: [batch, 1]), encoding, from: state, pass)
        state = step.final
        last = try logits(features: step.features, pass).argmax(axis: 1).ints()
        for row in open.sorted() {
          if last[row] == end { open.remove(row) } else { results[row].append(last[row]) }
        }
      }
      return results
    }
  }
}

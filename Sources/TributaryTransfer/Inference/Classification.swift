internal import Foundation
internal import TributaryModels
internal import TributaryTensor

/// What a classifier says of one example.
public struct Classification: Sendable, Equatable {
  public var label: Int
  /// Softmax of the logits, one a class.
  public var probabilities: [Float]
}

extension Inference {
  /// Classifies every example, in the examples' order.
  public func classify(_ source: ExampleSource, batchSize: Int) throws -> [Classification] {
    let batches = source.inferenceBatches(of: batchSize)
    let classified = try map(batches) { batch in
      let logits = try logits(source.input(batch)).floats()
      let classes = logits.count / batch.count
      return batch.indices.map {
        Classification(logits: logits[$0 * classes..<($0 + 1) * classes])
      }
    }
    var results = [Classification?](repeating: nil, count: source.count)
    for (batch, values) in zip(batches, classified) {
      for (example, value) in zip(batch, values) { results[example] = value }
    }
    return results.compactMap { $0 }
  }
}

extension Classification {
  init(logits: ArraySlice<Float>) {
    let largest = logits.max() ?? 0
    let exponentials = logits.map { exp($0 - largest) }
    let sum = exponentials.reduce(0, +)
    label = logits.firstIndex(of: largest).map { $0 - logits.startIndex } ?? 0
    probabilities = exponentials.map { $0 / sum }
  }
}

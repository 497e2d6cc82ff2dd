internal import TributaryCore

/// The heads of a model that does several tasks on one backbone: hard parameter sharing (Caruana 1997).
///
/// A linear classifier of all classes is as many linear heads as one likes: each owns some neighbouring classes, and a
/// softmax over these alone is its answer.
public struct TaskHeads: Sendable, Equatable {
  /// The classes of each head, one behind the other.
  public let ranges: [Range<Int>]

  /// - Parameter counts: the numbers of their classes, none below 1.
  public init(_ counts: [Int]) {
    var start = 0
    ranges = counts.map { count in
      defer { start += count }
      return start..<(start + count)
    }
  }

  /// The head that a label is a class of; nil where it is none's.
  public func head(of label: Int) -> Int? { ranges.firstIndex { $0.contains(label) } }
}

extension ModelConfiguration {
  /// Heads as a folder's `config.json` has them.
  /// - Throws: `model.configuration` where they are not heads of these classes.
  static func heads(_ numbers: [Int]?, of classes: Int) throws -> [Int]? {
    guard let numbers else { return nil }
    guard (1...(1 << 24)).contains(classes) else {
      throw TributaryError("model.configuration", "config.json: \(classes) classes cannot be")
    }
    // A peer's numbers may be large.
    let total = numbers.reduce(0) { min($0 + max(0, min($1, classes)), classes + 1) }
    guard numbers.count > 1, numbers.allSatisfy({ $0 > 0 }), total == classes else {
      throw TributaryError(
        "model.configuration", "config.json: the heads are not heads of \(classes) classes")
    }
    return numbers
  }
}

/// Counts of (true class, predicted class), and what follows from them.
///
/// precision = TP / (TP + FP), recall = TP / (TP + FN), F1 = their harmonic mean; 0 where a
/// denominator is 0 (scikit-learn's `zero_division=0`). Macro-F1 is the plain mean over the classes.
public struct ConfusionMatrix: Sendable, Equatable {
  /// `counts[true][predicted]`.
  public private(set) var counts: [[Int]]

  public init(classes: Int) {
    counts = [[Int]](repeating: [Int](repeating: 0, count: classes), count: classes)
  }

  public mutating func add(label: Int, prediction: Int) { counts[label][prediction] += 1 }

  public var classes: Int { counts.count }
  public var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }
  public var correct: Int { counts.indices.reduce(0) { $0 + counts[$1][$1] } }
  public var accuracy: Double { ratio(correct, total) }

  public func support(of label: Int) -> Int { counts[label].reduce(0, +) }
  public func recall(of label: Int) -> Double { ratio(counts[label][label], support(of: label)) }
  public func precision(of label: Int) -> Double {
    ratio(counts[label][label], counts.reduce(0) { $0 + $1[label] })
  }
  public func f1(of label: Int) -> Double {
    let sum = precision(of: label) + recall(of: label)
    return sum == 0 ? 0 : 2 * precision(of: label) * recall(of: label) / sum
  }
  /// The plain mean over the classes.
  public var macroF1: Double { mean(f1) }
  public var macroPrecision: Double { mean(precision) }
  public var macroRecall: Double { mean(recall) }
  /// The mean over the classes, weighted by their examples.
  public var weightedF1: Double {
    total == 0
      ? 0 : counts.indices.reduce(0) { $0 + f1(of: $1) * Double(support(of: $1)) } / Double(total)
  }

  private func mean(_ figure: (Int) -> Double) -> Double {
    classes == 0 ? 0 : counts.indices.reduce(0) { $0 + figure($1) } / Double(classes)
  }

  private func ratio(_ part: Int, _ whole: Int) -> Double {
    whole == 0 ? 0 : Double(part) / Double(whole)
  }
}

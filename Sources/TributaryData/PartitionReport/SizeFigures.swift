/// How unequal the clients' numbers of examples are.
public struct SizeFigures: Sendable, Equatable, Encodable {
  public let smallest: Int
  public let median: Double
  public let mean: Double
  public let largest: Int
  /// Standard deviation (of the population) over mean; 0: all are equal.
  public let coefficientOfVariation: Double
  /// 0: all are equal; towards 1: one client has all.
  public let gini: Double

  init(_ sizes: [Int]) {
    let sorted = sizes.sorted()
    let count = Double(max(1, sorted.count))
    let total = Double(sorted.reduce(0, +))
    let average = total / count
    smallest = sorted.first ?? 0
    largest = sorted.last ?? 0
    mean = average
    median = Self.median(sorted)
    let variance = sorted.reduce(0.0) { $0 + (Double($1) - average) * (Double($1) - average) }
    coefficientOfVariation = average > 0 ? (variance / count).squareRoot() / average : 0
    let weighted = sorted.enumerated().reduce(0.0) { sum, entry in
      sum + (2 * Double(entry.offset + 1) - count - 1) * Double(entry.element)
    }
    gini = total > 0 ? weighted / (count * total) : 0
  }

  private static func median(_ sorted: [Int]) -> Double {
    guard !sorted.isEmpty else { return 0 }
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
      ? Double(sorted[middle - 1] + sorted[middle]) / 2 : Double(sorted[middle])
  }
}

internal import Foundation

/// How far one client's distribution of labels is from that of all clients together.
struct LabelDistance: Equatable {
  /// ½ Σ |p − q|: 0 equal, 1 no label in common. Half the "earth mover's distance" of Zhao et al. 2018,
  /// "Federated learning with non-IID data" (arXiv:1806.00582), which is Σ |p − q|.
  var totalVariation: Double
  /// H((p + q) / 2) − (H(p) + H(q)) / 2 in bits: 0 equal, 1 no label in common.
  var jensenShannon: Double

  init(_ counts: ArraySlice<Int>, _ all: [Int]) {
    let total = Double(max(1, counts.reduce(0, +)))
    let allTotal = Double(max(1, all.reduce(0, +)))
    var variation = 0.0
    var divergence = 0.0
    for (count, of) in zip(counts, all) {
      let (p, q) = (Double(count) / total, Double(of) / allTotal)
      variation += abs(p - q) / 2
      divergence += Self.information(p, q) / 2 + Self.information(q, p) / 2
    }
    totalVariation = min(1, variation)
    jensenShannon = max(0, min(1, divergence))
  }

  /// p log₂(p / m), m the mean of both.
  private static func information(_ p: Double, _ q: Double) -> Double {
    p > 0 ? p * log2(2 * p / (p + q)) : 0
  }
}

/// How much the clients' labels differ.
public struct LabelFigures: Sendable, Equatable, Encodable {
  public struct Spread: Sendable, Equatable, Encodable {
    public var mean: Double
    public var largest: Double

    init(_ values: [Double]) {
      mean = values.reduce(0, +) / Double(max(1, values.count))
      largest = values.max() ?? 0
    }
  }

  /// Each client's distance to all clients together; see `LabelDistance`. Clients count equally.
  public let totalVariation: Spread
  public let jensenShannon: Spread
  /// Σ |p − q|, as in Zhao et al. 2018.
  public let earthMover: Spread
  /// How many classes a client has examples of, in the mean.
  public let classesPerClient: Double

  init(_ distances: [LabelDistance], classesPerClient: Double) {
    totalVariation = Spread(distances.map(\.totalVariation))
    jensenShannon = Spread(distances.map(\.jensenShannon))
    earthMover = Spread(distances.map { 2 * $0.totalVariation })
    self.classesPerClient = classesPerClient
  }
}

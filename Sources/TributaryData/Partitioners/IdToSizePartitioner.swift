public import TributaryCore

/// Sizes that are a function of the client's number; Flower's `IdToSizeFncPartitioner`.
///
///     size(i) = floor(f(i) / Σ f · examples)        i = 1 ... clients
///
/// What is left by rounding is the last client's, as in Flower. Which examples a client has is drawn from
/// the key (Flower takes them in their order).
public protocol IdToSizePartitioner: Partitioner {
  var parts: Int { get }
  /// f, up to a factor, of i from 1 to `parts`.
  func units(_ id: Double) -> Double
}

extension IdToSizePartitioner {
  public static var settings: [PartitionSetting] { [] }
  public var clients: Int? { parts }

  public func divide(_ examples: PartitionExamples, key: RandomKey) -> PartitionOwners {
    .dealt(examples: examples.count, sizes: sizes(examples.count), key: key)
  }

  func sizes(_ examples: Int) -> [Int] {
    let units = (1...parts).map { self.units(Double($0)) }
    let total = units.reduce(0, +)
    var sizes = units.map { Int($0 / total * Double(examples)) }
    sizes[parts - 1] += examples - sizes.reduce(0, +)
    return sizes
  }
}

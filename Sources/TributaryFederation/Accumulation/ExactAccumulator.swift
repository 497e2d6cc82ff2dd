public import TributaryCore

/// The exact weighted sum of clients' updates, and their mean.
///
/// Every float32 element is summed in fixed point with 56 fractional bits in two 64-bit integers, so
/// neither order nor grouping of the updates changes a bit:
///
///     sum = Σ round(delta_i · weight_i · 2^56) · 2^-56        mean = float32(sum / Σ weight_i)
///
/// `delta · weight` is exact in float64 because weights are integers below 2^29. Each term is rounded
/// once, to the nearest multiple of 2^-56, so the mean's error before its own rounding to float32 is at
/// most `2^-57 · count / Σ weight`: below half a unit in the last place of any float32 above 2^-32.
/// Integer tensors (batch norm's counters) are summed as integers; their mean is rounded to the
/// nearest, halves away from zero.
///
/// Memory: 16 bytes an element (8 for integer tensors), however many clients report. An overflow is
/// refused before it can happen.
public struct ExactAccumulator: Sendable, Equatable {
  /// A weight is an integer from 1 to this, so that its product with a float32 is exact in float64.
  public static let largestWeight = 1 << 29 - 1
  /// More updates than this could overflow the low limbs.
  public static let largestCount = 1 << 30

  public let names: [String]
  var sums: [TensorSum]
  /// The sum of the weights folded in.
  public private(set) var totalWeight = 0
  /// The number of updates folded in.
  public private(set) var updateCount = 0

  /// An empty sum for updates with the names, types and shapes of `template`.
  /// - Throws: `update.dtype` where a tensor is neither F32 nor I64 nor I32.
  public init(like template: ParameterTree<HostTensor>) throws {
    names = template.names
    sums = try template.map { name, tensor in
      try TensorSum(name: name, dtype: tensor.dtype, shape: tensor.shape)
    }.values
  }

  /// Adds `delta · weight`. Where it throws, nothing has been added.
  /// - Throws: `update.weight`, `update.names`, `update.shape`, `update.dtype`, `update.nonFinite`,
  ///   `update.range` (an element times the weight beyond 2^26, for integers 2^52), `update.overflow`.
  public mutating func fold(_ delta: ParameterTree<HostTensor>, weight: Int) throws {
    try check(delta, weight: weight)
    foldChecked([(delta, weight)])
  }

  /// Adds updates, each of which `check` has accepted as this sum stands, in one pass over the sums: that
  /// spares most of the memory's bandwidth. At most a thousand at a time.
  public mutating func foldChecked(_ updates: [(delta: ParameterTree<HostTensor>, weight: Int)]) {
    precondition(updates.count <= 1000, "checks leave no room for more")
    let weights = updates.map(\.weight)
    for index in sums.indices {
      sums[index].add(updates.map { $0.delta.values[index] }, weights: weights)
    }
    totalWeight += weights.reduce(0, +)
    updateCount += updates.count
  }

  /// Adds another accumulator's sums: a relay's, or a thread's own.
  /// - Throws: `update.names`, `update.shape`, `update.dtype`, `update.overflow`.
  public mutating func merge(_ other: ExactAccumulator) throws {
    guard names == other.names else { throw Self.wrongNames(expected: names, found: other.names) }
    guard updateCount + other.updateCount <= Self.largestCount else { throw Self.tooMany }
    for (sum, added) in zip(sums, other.sums) {
      try sum.check(dtype: added.dtype, shape: added.shape)
      try sum.checkRoom(for: added.largest)
    }
    for index in sums.indices { sums[index].add(other.sums[index]) }
    totalWeight += other.totalWeight
    updateCount += other.updateCount
  }

  /// The weighted mean of all updates folded in.
  /// - Throws: `update.none` before the first one.
  public func mean() throws -> ParameterTree<HostTensor> {
    guard totalWeight > 0 else {
      throw TributaryError("update.none", "no update to take the mean of")
    }
    return try ParameterTree(
      zip(names, sums.map { try $0.mean(totalWeight: totalWeight) }))
  }

  /// Whether `fold` would accept this update, told without adding anything.
  public func check(_ delta: ParameterTree<HostTensor>, weight: Int) throws {
    guard (1...Self.largestWeight).contains(weight) else {
      throw TributaryError(
        "update.weight", "an update's weight must be 1 to \(Self.largestWeight), not \(weight)")
    }
    guard updateCount < Self.largestCount else { throw Self.tooMany }
    guard names == delta.names else { throw Self.wrongNames(expected: names, found: delta.names) }
    for (sum, tensor) in zip(sums, delta.values) {
      try sum.check(dtype: tensor.dtype, shape: tensor.shape)
      try sum.checkRoom(for: try sum.contribution(of: tensor, weight: weight))
    }
  }

  private static var tooMany: TributaryError {
    TributaryError("update.overflow", "more than \(largestCount) updates cannot be summed exactly")
  }

  private static func wrongNames(expected: [String], found: [String]) -> TributaryError {
    let missing = Set(expected).subtracting(found).sorted()
    let extra = Set(found).subtracting(expected).sorted()
    let parts = [("lacks", missing), ("has unknown", extra)].compactMap { verb, names in
      names.first.map { first in
        "\(verb) \(first)" + (names.count > 1 ? " and \(names.count - 1) more" : "")
      }
    }
    return TributaryError("update.names", "the update " + parts.joined(separator: "; it "))
  }
}

internal import CTributaryKernels
internal import TributaryCore

/// The running sum of one tensor: its limbs and how large they have become.
struct TensorSum: Sendable, Equatable {
  let name: String
  let dtype: DType
  let shape: Shape
  /// F32: the upper limbs, in units of 2^-24. Integers: the sums.
  private(set) var high: [Int64]
  /// F32: the lower limbs, in units of 2^-56. Integers: empty.
  private(set) var low: [Int64]
  /// At least the largest magnitude in `high`.
  private(set) var largest = 0.0

  /// `|delta · weight|` may not be beyond 2 to this: the kernel's own limit, and for integers what
  /// float64 holds exactly (a counter of batches times a number of examples is soon beyond 2^26).
  private var rangeExponent: Int { dtype == .float32 ? 26 : 52 }
  /// `high` never reaches this; an Int64 ends at 2^63.
  static let largestHigh = 0x1p62

  /// - Throws: `update.dtype` for a type that cannot be averaged.
  init(name: String, dtype: DType, shape: Shape) throws {
    guard [.float32, .int64, .int32].contains(dtype) else {
      throw TributaryError(
        "update.dtype", "\(name): \(dtype.rawValue) tensors cannot move in a federation",
        advice: "only F32 tensors and integer counters (I64, I32) can")
    }
    self.name = name
    self.dtype = dtype
    self.shape = shape
    high = [Int64](repeating: 0, count: shape.elementCount)
    low = dtype == .float32 ? high : []
  }

  func check(dtype: DType, shape: Shape) throws {
    guard dtype == self.dtype else {
      throw TributaryError(
        "update.dtype", "\(name): expected \(self.dtype.rawValue), found \(dtype.rawValue)")
    }
    guard shape == self.shape else {
      throw TributaryError("update.shape", "\(name): expected shape \(self.shape), found \(shape)")
    }
  }

  /// The largest amount by which `tensor · weight` can raise `high`.
  /// - Throws: `update.nonFinite`, `update.range`.
  func contribution(of tensor: HostTensor, weight: Int) throws -> Double {
    let magnitude: Double
    if dtype == .float32 {
      let found = tensor.withFloats(largestMagnitude)
      guard found.isFinite else {
        throw TributaryError("update.nonFinite", "\(name): a value is not finite")
      }
      magnitude = Double(found)
    } else {
      magnitude = tensor.integers().reduce(0) { max($0, Double($1.magnitude)) }
    }
    guard magnitude * Double(weight) <= Double(sign: .plus, exponent: rangeExponent, significand: 1)
    else {
      throw TributaryError(
        "update.range",
        "\(name): a change of \(magnitude) times the weight \(weight) is beyond 2^\(rangeExponent)",
        advice: "the client's training may have diverged")
    }
    return dtype == .float32 ? magnitude * Double(weight) * 0x1p24 + 1 : magnitude * Double(weight)
  }

  /// - Throws: `update.overflow` where `amount` more could overflow.
  func checkRoom(for amount: Double) throws {
    guard largest + amount < Self.largestHigh else {
      throw TributaryError(
        "update.overflow", "\(name): the sum of the updates is too large to be held exactly")
    }
  }

  /// Adds tensors, each of which `contribution(of:weight:)` has allowed, times their weights.
  mutating func add(_ tensors: [HostTensor], weights: [Int]) {
    guard dtype == .float32 else {
      for (tensor, weight) in zip(tensors, weights) { addIntegers(tensor, weight: weight) }
      return
    }
    Self.withFloats(tensors[...]) { deltas in
      high.withUnsafeMutableBufferPointer { high in
        low.withUnsafeMutableBufferPointer { low in
          tributary_accumulate(
            deltas, weights.map(Double.init), deltas.count, high.count, high.baseAddress,
            low.baseAddress, &largest)
        }
      }
    }
  }

  private mutating func addIntegers(_ tensor: HostTensor, weight: Int) {
    for (index, value) in tensor.integers().enumerated() {
      high[index] += value * Int64(weight)
      largest = max(largest, Double(high[index].magnitude))
    }
  }

  /// The elements of all tensors in place.
  private static func withFloats(
    _ tensors: ArraySlice<HostTensor>, _ found: [UnsafePointer<Float>?] = [],
    _ body: ([UnsafePointer<Float>?]) -> Void
  ) {
    guard let first = tensors.first else { return body(found) }
    first.withFloats { withFloats(tensors.dropFirst(), found + [$0.baseAddress], body) }
  }

  mutating func add(_ other: TensorSum) {
    guard dtype == .float32 else {
      for index in high.indices {
        high[index] += other.high[index]
        largest = max(largest, Double(high[index].magnitude))
      }
      return
    }
    high.withUnsafeMutableBufferPointer { high in
      low.withUnsafeMutableBufferPointer { low in
        tributary_combine(
          other.high, other.low, high.count, high.baseAddress, low.baseAddress, &largest)
      }
    }
  }

  func mean(totalWeight: Int) throws -> HostTensor {
    let bytes: Bytes
    switch dtype {
    case .float32:
      bytes = Bytes(count: high.count * 4) { target in
        tributary_resolve(
          high, low, high.count, Double(totalWeight),
          target.bindMemory(to: Float.self).baseAddress)
      }
    case .int64:
      bytes = Bytes(copying: high.map { Self.rounded($0, over: Int64(totalWeight)) })
    default:
      bytes = Bytes(
        copying: high.map { Int32(truncatingIfNeeded: Self.rounded($0, over: Int64(totalWeight))) })
    }
    return try HostTensor(dtype: dtype, shape: shape, bytes: bytes)
  }

  /// The quotient rounded to the nearest integer, halves away from zero.
  private static func rounded(_ sum: Int64, over weight: Int64) -> Int64 {
    let (quotient, remainder) = sum.quotientAndRemainder(dividingBy: weight)
    guard remainder.magnitude >= weight.magnitude - remainder.magnitude else { return quotient }
    return quotient + sum.signum()
  }
}

/// The extents of a tensor, outermost first, as PyTorch writes them: `[batch, channels, height, width]`.
public struct Shape: Hashable, Sendable, Codable, ExpressibleByArrayLiteral,
  CustomStringConvertible, RandomAccessCollection
{
  // Up to four extents lie in place, so that a tensor's shape needs no memory of its own; more of them lie in
  // `many`. What is not used is 0 or nil: equal shapes are equal field by field.
  @usableFromInline var extent0 = 0
  @usableFromInline var extent1 = 0
  @usableFromInline var extent2 = 0
  @usableFromInline var extent3 = 0
  @usableFromInline var many: [Int]?
  public let rank: Int

  @inlinable
  public init(_ dimensions: [Int]) {
    rank = dimensions.count
    guard rank <= 4 else {
      many = dimensions
      return
    }
    for index in dimensions.indices { self[index] = dimensions[index] }
  }
  @inlinable
  public init(arrayLiteral elements: Int...) { self.init(elements) }
  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode([Int].self))
  }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(dimensions)
  }

  public static let scalar = Shape([])

  public var dimensions: [Int] {
    get { many ?? Array(self) }
    set { self = Shape(newValue) }
  }

  /// The product of all extents; 1 for a scalar.
  public var elementCount: Int {
    var count = 1
    for index in 0..<rank { count *= self[index] }
    return count
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { rank }
  @inlinable
  public subscript(index: Int) -> Int {
    get {
      precondition(index >= 0 && index < rank, "no such axis")
      if let many { return many[index] }
      return switch index {
      case 0: extent0
      case 1: extent1
      case 2: extent2
      default: extent3
      }
    }
    set {
      precondition(index >= 0 && index < rank, "no such axis")
      guard many == nil else {
        many?[index] = newValue
        return
      }
      switch index {
      case 0: extent0 = newValue
      case 1: extent1 = newValue
      case 2: extent2 = newValue
      default: extent3 = newValue
      }
    }
  }
  /// Distances in elements between neighbours along each axis of a row-major array.
  public var rowMajorStrides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * self[axis + 1]
    }
    return strides
  }

  /// The number of elements, or nil where an extent is negative or the product overflows `Int`:
  /// what a shape that came from a file or a peer must pass before anything is allocated for it.
  ///
  /// Extents of 0 do not hide huge ones beside them, so strides do not overflow either.
  public var checkedElementCount: Int? {
    var count = 1
    for extent in self {
      guard extent >= 0 else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: Swift.max(extent, 1))
      guard !overflow else { return nil }
      count = product
    }
    return contains(0) ? 0 : count
  }

  public var description: String {
    "[" + map(String.init).joined(separator: ", ") + "]"
  }
}

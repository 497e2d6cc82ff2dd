/// The extents of a tensor, outermost first, as PyTorch writes them: `[batch, channels, height, width]`.
public struct Shape: Hashable, Sendable, Codable, ExpressibleByArrayLiteral,
  CustomStringConvertible, RandomAccessCollection
{
  public var dimensions: [Int]

  public init(_ dimensions: [Int]) { self.dimensions = dimensions }
  public init(arrayLiteral elements: Int...) { dimensions = elements }
  public init(from decoder: any Decoder) throws {
    dimensions = try decoder.singleValueContainer().decode([Int].self)
  }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(dimensions)
  }

  public static let scalar = Shape([])

  public var rank: Int { dimensions.count }
  /// The product of all extents; 1 for a scalar.
  public var elementCount: Int { dimensions.reduce(1, *) }

  public var startIndex: Int { 0 }
  public var endIndex: Int { dimensions.count }
  public subscript(index: Int) -> Int {
    get { dimensions[index] }
    set { dimensions[index] = newValue }
  }

  /// Distances in elements between neighbours along each axis of a row-major array.
  public var rowMajorStrides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * dimensions[axis + 1]
    }
    return strides
  }

  /// The number of elements, or nil where an extent is negative or the product overflows `Int`:
  /// what a shape that came from a file or a peer must pass before anything is allocated for it.
  ///
  /// Extents of 0 do not hide huge ones beside them, so strides do not overflow either.
  public var checkedElementCount: Int? {
    var count = 1
    for extent in dimensions {
      guard extent >= 0 else { return nil }
      let (product, overflow) = count.multipliedReportingOverflow(by: Swift.max(extent, 1))
      guard !overflow else { return nil }
      count = product
    }
    return dimensions.contains(0) ? 0 : count
  }

  public var description: String {
    "[" + dimensions.map(String.init).joined(separator: ", ") + "]"
  }
}

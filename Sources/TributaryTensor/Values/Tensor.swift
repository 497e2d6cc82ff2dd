internal import CTributaryKernels
public import TributaryCore

/// An immutable array of float32, or of int32 for ids and labels, with its gradient history.
///
/// Copying shares the memory. Views (permuted, sliced) share it too. What a function computed from a
/// tensor under differentiation carries a node of the graph; see `valueAndGradient`.
public struct Tensor: Sendable {
  public internal(set) var shape: Shape
  /// `.float32` or `.int32`.
  public let dtype: DType
  var storage: Storage
  var layout: Layout
  /// Elements before the first one.
  var offset: Int
  var node: Node?

  init(
    shape: Shape, dtype: DType = .float32, storage: Storage, layout: Layout = .rowMajor,
    offset: Int = 0, node: Node? = nil
  ) {
    self.shape = shape
    self.dtype = dtype
    self.storage = storage
    self.layout = layout
    self.offset = offset
    self.node = node
  }

  /// Memory of its own, not yet written.
  init(uninitialized shape: Shape, dtype: DType = .float32, layout: Layout = .rowMajor) {
    let count = layout.storedCount(shape) ?? shape.elementCount
    self.init(
      shape: shape, dtype: dtype, storage: Storage(byteCount: 4 * count), layout: layout)
  }

  public var rank: Int { shape.rank }
  /// Number of elements.
  public var count: Int { shape.elementCount }
  /// Whether gradients flow through this value.
  public var requiresGradient: Bool { node != nil }

  /// The same values without history.
  public var detached: Tensor {
    var copy = self
    copy.node = nil
    return copy
  }

  /// The same values as a new leaf, with respect to which gradients can be asked for.
  public func variable() -> Tensor {
    var copy = self
    copy.node = dtype == .float32 ? Node.leaf() : nil
    return copy
  }

  var data: UnsafeMutablePointer<Float> { storage.floats + offset }
  var words: UnsafeMutablePointer<UInt32> { storage.words + offset }
  var integers: UnsafeMutablePointer<Int32> {
    storage.pointer.assumingMemoryBound(to: Int32.self) + offset
  }

  /// Distances in elements along each axis; not for blocked tensors.
  var strides: [Int] {
    if case .strided(let strides) = layout { return strides }
    return shape.rowMajorStrides
  }

  var isBlocked: Bool { if case .blocked = layout { true } else { false } }

  /// Whether all memory from `data` on, `storedCount` elements, is this tensor's.
  var isDense: Bool { if case .strided = layout { false } else { true } }
  var storedCount: Int { layout.storedCount(shape) ?? count }
}

extension Tensor: CustomStringConvertible {
  public var description: String {
    let values: [String] =
      dtype == .int32 ? ints().prefix(8).map { "\($0)" } : floats().prefix(8).map { "\($0)" }
    return "Tensor\(shape) [\(values.joined(separator: ", "))\(count > 8 ? ", ..." : "")]"
  }
}

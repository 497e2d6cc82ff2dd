public import TributaryCore

/// The updates of one round, all there at once, for rules that cannot take them one after the other.
///
/// Where they lie is the implementer's business; rules read them through `UpdateBlocks`.
public protocol UpdateStack: Sendable {
  /// Whose updates they are, in the order of their names: row `i` of every block is client `i`'s.
  var clients: [ClientID] { get }
  /// The tensors that every update has, in the order of their names.
  var tensors: [StackedTensor] { get }

  /// Copies elements of one tensor of one client's update, counted in row-major order, to `target`.
  /// - Throws: what reading may throw.
  func read(
    _ elements: Range<Int>, ofTensor tensor: Int, ofClient client: Int,
    into target: UnsafeMutableRawBufferPointer
  ) throws
}

/// What is known of a tensor that every update of a round has.
public struct StackedTensor: Sendable, Equatable {
  public var name: String
  public var dtype: DType
  public var shape: Shape

  public init(name: String, dtype: DType, shape: Shape) {
    self.name = name
    self.dtype = dtype
    self.shape = shape
  }

  public var byteCount: Int { shape.elementCount * dtype.byteCount }
}

/// Immutable bytes with a shared owner: a file mapping, a received frame, or memory of its own.
///
/// Copying a `Bytes` or taking a slice copies no byte. The owner lives as long as any slice does.
public struct Bytes: @unchecked Sendable {
  // Safety of @unchecked: the memory is never written after init, and `owner` is only retained.
  private let owner: AnyObject?
  private let base: UnsafeRawPointer?
  public let count: Int

  /// Bytes that `owner` keeps alive and unchanged at `buffer`.
  public init(owner: AnyObject, buffer: UnsafeRawBufferPointer) {
    self.owner = owner
    base = buffer.baseAddress
    count = buffer.count
  }

  /// New memory of `count` bytes, 64-byte aligned, filled once by `initialize`.
  public init(
    count: Int, initializingWith initialize: (UnsafeMutableRawBufferPointer) throws -> Void
  ) rethrows {
    let memory = Memory(count: count)
    try initialize(memory.buffer)
    self.init(owner: memory, buffer: UnsafeRawBufferPointer(memory.buffer))
  }

  /// A copy of `elements`.
  public init<Element: BitwiseCopyable>(copying elements: [Element]) {
    self = elements.withUnsafeBytes { source in
      Bytes(count: source.count) { $0.copyMemory(from: source) }
    }
  }

  public static let empty = Bytes(copying: [UInt8]())

  public func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let result = try body(UnsafeRawBufferPointer(start: base, count: count))
    withExtendedLifetime(owner) {}
    return result
  }

  /// The bytes at `range` (offsets from 0), sharing this value's owner.
  public subscript(range: Range<Int>) -> Bytes {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "slice outside the bytes")
    guard let owner, let base else { return self }
    return Bytes(
      owner: owner,
      buffer: UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
  }

  /// The bytes as an array of `Element`; a trailing partial element is left out.
  public func array<Element: BitwiseCopyable>(of _: Element.Type = Element.self) -> [Element] {
    let length = count / MemoryLayout<Element>.stride
    return withUnsafeBytes { source in
      [Element](unsafeUninitializedCapacity: length) { target, initialized in
        UnsafeMutableRawBufferPointer(target).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: source[..<(length * MemoryLayout<Element>.stride)])
        )
        initialized = length
      }
    }
  }

  private final class Memory {
    let buffer: UnsafeMutableRawBufferPointer
    init(count: Int) { buffer = .allocate(byteCount: count, alignment: 64) }
    deinit { buffer.deallocate() }
  }
}

extension Bytes: Equatable {
  public static func == (left: Bytes, right: Bytes) -> Bool {
    guard left.count == right.count else { return false }
    return left.withUnsafeBytes { a in right.withUnsafeBytes { b in a.elementsEqual(b) } }
  }
}

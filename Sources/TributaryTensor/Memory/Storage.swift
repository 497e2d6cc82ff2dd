internal import Synchronization
internal import TributaryCore

/// The memory of a tensor: a pooled buffer, or bytes of somebody else that are never written.
final class Storage: @unchecked Sendable {
  // Safety of @unchecked: written only while held by one tensor (when it is made, or by an in-place
  // kernel after `isKnownUniquelyReferenced`); `conversions` has its own lock.
  let pointer: UnsafeMutableRawPointer
  let byteCount: Int
  private let classIndex: Int
  private let owner: Bytes?
  /// Copies in the layouts that kernels asked for, kept while the values are unchanged.
  let conversions = Mutex<[Conversion]>([])

  struct Conversion: @unchecked Sendable {
    let source: MemoryDescriptor
    let target: MemoryDescriptor
    let storage: Storage
  }

  init(byteCount: Int) {
    self.byteCount = byteCount
    classIndex = MemoryPool.classIndex(for: byteCount)
    pointer = MemoryPool.take(classIndex: classIndex)
    owner = nil
  }

  /// Memory that `owner` keeps alive and unchanged.
  init(sharing owner: Bytes) {
    self.owner = owner
    byteCount = owner.count
    classIndex = -1
    pointer = owner.withUnsafeBytes {
      // An empty buffer has no address; nobody reads it either.
      UnsafeMutableRawPointer(mutating: $0.baseAddress ?? UnsafeRawPointer(Storage.nowhere))
    }
  }

  deinit {
    if owner == nil { MemoryPool.give(pointer, classIndex: classIndex) }
  }

  var isWritable: Bool { owner == nil }

  /// To be called before the values change.
  func forgetConversions() { conversions.withLock { $0.removeAll() } }

  var floats: UnsafeMutablePointer<Float> { pointer.assumingMemoryBound(to: Float.self) }
  var words: UnsafeMutablePointer<UInt32> { pointer.assumingMemoryBound(to: UInt32.self) }

  private static nonisolated(unsafe) let nowhere = UnsafeMutableRawPointer.allocate(
    byteCount: 64, alignment: 64)
}

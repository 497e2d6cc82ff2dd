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

  /// What else was computed from the values and is worth keeping while they are unchanged.
  private let derivations = Mutex<[Derivation]>([])

  private struct Derivation {
    let key: [Int]
    /// Held, so that none of them can change in place or give its address to another.
    let others: [Storage]
    let value: any AnyObject & Sendable
  }

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
    ThreadContext.current.tape?.made(self)
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
  func forgetConversions() {
    ThreadContext.current.tape?.changes(pointer)
    conversions.withLock { $0.removeAll() }
    derivations.withLock { $0.removeAll() }
  }

  /// What `make` computes from these values and those of `others`; kept until these change.
  ///
  /// `key` tells computations apart, and must hold all that they depend on besides the storages.
  func derived<Value: AnyObject & Sendable>(
    _ key: [Int], with others: [Storage] = [], _ make: () -> Value
  ) -> Value {
    func known(_ list: [Derivation]) -> Value? {
      list.first { $0.key == key && $0.others.elementsEqual(others, by: ===) }?.value as? Value
    }
    if let found = derivations.withLock({ known($0) }) { return found }
    // A kernel that reads this would read it again where the values have changed.
    ThreadContext.current.tape?.giveUp()
    let made = make()
    return derivations.withLock { list in
      // Another thread may have been faster: one value is kept, whoever made it.
      if let found = known(list) { return found }
      list.append(Derivation(key: key, others: others, value: made))
      return made
    }
  }

  var floats: UnsafeMutablePointer<Float> { pointer.assumingMemoryBound(to: Float.self) }
  var octets: UnsafeMutablePointer<UInt8> { pointer.assumingMemoryBound(to: UInt8.self) }
  var words: UnsafeMutablePointer<UInt32> { pointer.assumingMemoryBound(to: UInt32.self) }

  private static nonisolated(unsafe) let nowhere = UnsafeMutableRawPointer.allocate(
    byteCount: 64, alignment: 64)
}

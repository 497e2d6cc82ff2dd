internal import Synchronization

/// The ids of words that were met before, for texts repeat their words. Bounded: long words are not kept, and a
/// full cache starts anew.
final class WordCache: Sendable {
  private static let maximumWordBytes = 64
  private static let maximumWords = 1 << 15

  private let words = Mutex<[Key: [Int32]]>([:])

  private struct Key: Hashable {
    var bytes: [UInt8]

    func hash(into hasher: inout Hasher) {
      bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
  }

  /// Appends what `compute` makes of `word`, now or earlier.
  func append(
    _ word: UnsafeBufferPointer<UInt8>, to ids: inout [Int32],
    _ compute: (UnsafeBufferPointer<UInt8>) -> [Int32]
  ) {
    guard word.count <= Self.maximumWordBytes else {
      ids += compute(word)
      return
    }
    let key = Key(bytes: Array(word))
    if let known = words.withLock({ $0[key] }) {
      ids += known
      return
    }
    let computed = compute(word)
    words.withLock { words in
      if words.count >= Self.maximumWords { words.removeAll(keepingCapacity: true) }
      words[key] = computed
    }
    ids += computed
  }
}

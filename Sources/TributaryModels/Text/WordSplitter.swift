/// Collects the bytes of one word after the other: spaces end a word, punctuation is one by itself.
struct WordSplitter {
  typealias Sink = (_ word: UnsafeBufferPointer<UInt8>, _ length: Int) -> Void

  private var word: [UInt8] = []
  /// Of the word so far, in characters.
  private var length = 0

  private enum Action: UInt8 { case keep, lower, separate, punctuate, remove }

  /// What becomes of each ASCII character once text is cleaned.
  private static let actions: [Action] = (0..<128).map { point in
    let scalar = Unicode.Scalar(UInt8(point))
    let kind = CharacterClasses.shared[scalar]
    if kind.contains(.removed) { return .remove }
    if kind.contains(.space) || kind.contains(.separator) { return .separate }
    if kind.contains(.punctuation) { return .punctuate }
    return (0x41...0x5a).contains(point) ? .lower : .keep
  }

  init(capacity: Int) { word.reserveCapacity(min(capacity, 256)) }

  /// One character of ASCII text that has not been normalised.
  mutating func take(ascii byte: UInt8, lowercases: Bool, _ sink: Sink) {
    switch Self.actions[Int(byte)] {
    case .keep: append(byte)
    case .lower: append(lowercases ? byte + 0x20 : byte)
    case .separate: finish(sink)
    case .punctuate:
      finish(sink)
      append(byte)
      finish(sink)
    case .remove: break
    }
  }

  /// One character of normalised text.
  mutating func take(_ scalar: Unicode.Scalar, _ sink: Sink) {
    let kind = CharacterClasses.shared[scalar]
    if kind.contains(.separator) { return finish(sink) }
    if kind.contains(.punctuation) {
      finish(sink)
      append(scalar)
      finish(sink)
    } else {
      append(scalar)
    }
  }

  /// The end of the text: what is left is a word.
  mutating func finish(_ sink: Sink) {
    guard length > 0 else { return }
    word.withUnsafeBufferPointer { sink($0, length) }
    word.removeAll(keepingCapacity: true)
    length = 0
  }

  private mutating func append(_ byte: UInt8) {
    word.append(byte)
    length += 1
  }

  private mutating func append(_ scalar: Unicode.Scalar) {
    word.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
    length += 1
  }
}

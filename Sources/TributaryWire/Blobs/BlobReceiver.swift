public import TributaryCore

/// Fetches blobs by digest, a bounded window of ranges at a time; without I/O.
///
/// The receiver decides what travels when: it asks for ranges (`nextFetch`), gets them in the order
/// asked for (`received`), verifies each whole blob's SHA-256, and after a reconnect
/// (`reconnected`) goes on where the last chunk ended. It allocates memory only for blobs that have
/// a range under way, and only as much as the manifest said. The window of outstanding requests
/// follows the link: one more after a quick answer, half after a slow one, so that heartbeats never
/// queue long behind data. `protocol/003-blobs.md` is the spec.
public struct BlobReceiver: Sendable {
  /// A blob that came in whole, its digest verified.
  public struct Arrival: Sendable, Equatable {
    public var digest: Digest
    public var bytes: Bytes
  }

  /// An answer quicker than this widens the window, in seconds.
  static let quickSeconds = 0.1
  /// An answer slower than this narrows the window, in seconds.
  static let slowSeconds = 0.5
  static let windowRange = 2...16

  private struct Want {
    var digest: Digest
    var count: Int
    /// Bytes asked for on this connection, and bytes here; both from the blob's beginning.
    var requested = 0
    var received = 0
    var assembly: BlobAssembly?
  }

  private struct Outstanding {
    var ranges: [BlobRange]
    var sentAt: Double
  }

  private var wants: [Want] = []
  private var places: [Digest: Int] = [:]
  /// The first want with bytes left to ask for.
  private var next = 0
  private var remaining = 0
  private var outstanding: [UInt64: Outstanding] = [:]
  private var lastRequest: UInt64
  private let chunkByteCount: Int
  public private(set) var window = 4
  /// Bytes of blobs here so far, for progress.
  public private(set) var receivedByteCount = 0

  /// - Parameters:
  ///   - firstRequest: where request numbers begin: a chunk for an older transfer is then told apart.
  ///   - chunkByteCount: bytes asked for in one Fetch.
  public init(
    firstRequest: UInt64 = 1, chunkByteCount: Int = 256 << 10
  ) {
    precondition((1...WireLimits.chunkByteCount).contains(chunkByteCount))
    lastRequest = firstRequest - 1
    self.chunkByteCount = chunkByteCount
  }

  public var isComplete: Bool { remaining == 0 }
  /// The number of the next Fetch; give it to the next transfer's receiver.
  public var nextRequest: UInt64 { lastRequest + 1 }

  /// Adds a blob to fetch; one that is named twice is fetched once.
  ///
  /// - Throws: `wire.malformed` where the same digest was named with another size.
  /// - Returns: the blob at once where it is empty.
  public mutating func want(_ digest: Digest, count: Int) throws -> Arrival? {
    if let place = places[digest] {
      guard wants[place].count == count else {
        throw Message.malformed("one digest with two sizes")
      }
      return nil
    }
    if count == 0 {
      guard Digest(of: .empty) == digest else { throw Self.mismatch(digest) }
      return Arrival(digest: digest, bytes: .empty)
    }
    places[digest] = wants.count
    wants.append(Want(digest: digest, count: count))
    remaining += 1
    return nil
  }

  /// The next request to send, or nil while the window is full or nothing is left to ask for.
  public mutating func nextFetch(now: Double) -> Fetch? {
    guard outstanding.count < window else { return nil }
    var ranges: [BlobRange] = []
    var credit = chunkByteCount
    while next < wants.count, credit > 0, ranges.count < WireLimits.rangeCount {
      let left = wants[next].count - wants[next].requested
      if left == 0 {
        next += 1
        continue
      }
      let length = min(left, credit)
      ranges.append(
        BlobRange(digest: wants[next].digest, offset: wants[next].requested, length: length))
      wants[next].requested += length
      credit -= length
    }
    guard !ranges.isEmpty else { return nil }
    lastRequest += 1
    outstanding[lastRequest] = Outstanding(ranges: ranges, sentAt: now)
    return Fetch(request: lastRequest, ranges: ranges)
  }

  /// Takes in the answer to a Fetch; one that was not asked for on this connection changes nothing.
  ///
  /// - Throws: `wire.malformed` for an answer that differs from what was asked, `wire.missing` where
  ///   the peer lacks a blob, `wire.digest` for bytes that are not what their name says.
  public mutating func received(_ chunk: Chunk, now: Double) throws -> [Arrival] {
    guard let asked = outstanding.removeValue(forKey: chunk.request) else { return [] }
    if let digest = chunk.missing.first {
      throw TributaryError("wire.missing", "the peer does not have blob \(digest.hex.prefix(12))")
    }
    guard asked.ranges.count == chunk.pieces.count else {
      throw Message.malformed(
        "\(chunk.pieces.count) pieces for \(asked.ranges.count) ranges asked for")
    }
    adaptWindow(answerSeconds: now - asked.sentAt)
    var arrivals: [Arrival] = []
    for (range, piece) in zip(asked.ranges, chunk.pieces) {
      if let arrival = try place(piece, range) { arrivals.append(arrival) }
    }
    return arrivals
  }

  /// The connection is a new one: whatever was asked for and not received is to be asked for again.
  public mutating func reconnected() {
    outstanding.removeAll()
    for index in wants.indices { wants[index].requested = wants[index].received }
    next = 0
  }

  private mutating func place(_ piece: Chunk.Piece, _ range: BlobRange) throws -> Arrival? {
    guard let index = places[range.digest], piece.digest == range.digest,
      piece.offset == range.offset, piece.bytes.count == range.length,
      piece.total == wants[index].count, piece.offset == wants[index].received
    else { throw Message.malformed("a piece that is not the range asked for") }
    let assembly = wants[index].assembly ?? BlobAssembly(count: wants[index].count)
    wants[index].assembly = assembly
    assembly.append(piece.bytes)
    wants[index].received += piece.bytes.count
    receivedByteCount += piece.bytes.count
    guard wants[index].received == wants[index].count else { return nil }
    wants[index].assembly = nil
    remaining -= 1
    guard assembly.digest == range.digest else { throw Self.mismatch(range.digest) }
    return Arrival(digest: range.digest, bytes: assembly.bytes)
  }

  private mutating func adaptWindow(answerSeconds: Double) {
    if answerSeconds < Self.quickSeconds {
      window = min(window + 1, Self.windowRange.upperBound)
    } else if answerSeconds > Self.slowSeconds {
      window = max(window / 2, Self.windowRange.lowerBound)
    }
  }

  private static func mismatch(_ digest: Digest) -> TributaryError {
    TributaryError(
      "wire.digest", "the bytes received for blob \(digest.hex.prefix(12)) have another SHA-256")
  }
}

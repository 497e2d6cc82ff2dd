import Testing
import TributaryCore
import TributaryWire

@Suite struct BlobReceiverTests {
  private func blob(_ count: Int, seed: UInt64 = 1) -> Bytes {
    var random = RandomKey(seed: seed).generator
    return Bytes(copying: (0..<count).map { _ in UInt8(truncatingIfNeeded: random.nextWord()) })
  }

  private func next(_ receiver: inout BlobReceiver) throws -> Fetch {
    let fetch = receiver.nextFetch(now: 0)
    return try #require(fetch)
  }

  /// Answers until nothing is asked for; returns what arrived and how many requests it took.
  private func run(
    _ receiver: inout BlobReceiver, from source: MemoryBlobs
  ) throws -> (arrivals: [BlobReceiver.Arrival], requests: Int) {
    var arrivals: [BlobReceiver.Arrival] = []
    var pending: [Fetch] = []
    var requests = 0
    while true {
      while let fetch = receiver.nextFetch(now: 0) { pending.append(fetch) }
      guard !pending.isEmpty else { return (arrivals, requests) }
      requests += 1
      arrivals += try receiver.received(
        BlobSender.answer(pending.removeFirst(), from: source), now: 0.01)
    }
  }

  @Test func blobsLargerAndSmallerThanAChunkArriveWhole() throws {
    var source = MemoryBlobs()
    let blobs = [100, 1, 65_536, 10_000, 3, 500_000].enumerated().map {
      blob($1, seed: UInt64($0))
    }
    var receiver = BlobReceiver(chunkByteCount: 65_536)
    for blob in blobs {
      _ = try receiver.want(source.insert(blob), count: blob.count)
    }
    let (arrivals, requests) = try run(&receiver, from: source)
    #expect(receiver.isComplete)
    #expect(arrivals.map(\.bytes) == blobs)
    #expect(requests == 9)
    #expect(receiver.receivedByteCount == blobs.reduce(0) { $0 + $1.count })
  }

  @Test func manySmallBlobsShareRequests() throws {
    var source = MemoryBlobs()
    var receiver = BlobReceiver()
    for index in 0..<400 {
      let bytes = blob(64, seed: UInt64(index))
      _ = try receiver.want(source.insert(bytes), count: 64)
    }
    let requests = try run(&receiver, from: source).requests
    #expect(requests == 1)
  }

  @Test func aBlobNamedTwiceIsFetchedOnce() throws {
    var source = MemoryBlobs()
    let digest = source.insert(blob(1000))
    var receiver = BlobReceiver()
    _ = try receiver.want(digest, count: 1000)
    _ = try receiver.want(digest, count: 1000)
    let arrivals = try run(&receiver, from: source).arrivals
    #expect(arrivals.count == 1)
    #expect(throws: TributaryError.self) { _ = try receiver.want(digest, count: 999) }
  }

  @Test func anEmptyBlobIsThereAtOnce() throws {
    var receiver = BlobReceiver()
    let empty = try receiver.want(Digest(of: .empty), count: 0)
    #expect(empty?.bytes.count == 0)
    #expect(receiver.isComplete)
    #expect(throws: TributaryError.self) { _ = try receiver.want(Digest(of: blob(3)), count: 0) }
  }

  @Test func theWindowBoundsWhatIsUnderWay() throws {
    var receiver = BlobReceiver(chunkByteCount: 100)
    let bytes = blob(100_000)
    var source = MemoryBlobs()
    _ = try receiver.want(source.insert(bytes), count: bytes.count)
    var fetches: [Fetch] = []
    while let fetch = receiver.nextFetch(now: 0) { fetches.append(fetch) }
    #expect(fetches.count == receiver.window)
    // Quick answers widen it, up to 16; slow ones halve it, down to 2.
    for fetch in fetches { _ = try receiver.received(.init(answering: fetch, source), now: 0.05) }
    #expect(receiver.window == 8)
    for _ in 0..<5 {
      fetches = []
      while let fetch = receiver.nextFetch(now: 1) { fetches.append(fetch) }
      for fetch in fetches { _ = try receiver.received(.init(answering: fetch, source), now: 2) }
    }
    #expect(receiver.window == 2)
  }

  @Test func aTransferGoesOnWhereTheLastChunkEnded() throws {
    var source = MemoryBlobs()
    let bytes = blob(1000)
    var receiver = BlobReceiver(chunkByteCount: 100)
    _ = try receiver.want(source.insert(bytes), count: 1000)
    var fetches: [Fetch] = []
    while let fetch = receiver.nextFetch(now: 0) { fetches.append(fetch) }
    for fetch in fetches.prefix(3) {
      _ = try receiver.received(.init(answering: fetch, source), now: 0)
    }
    receiver.reconnected()
    // The answer to a request of the former connection changes nothing.
    let late = try receiver.received(.init(answering: fetches[3], source), now: 0)
    #expect(late.isEmpty)
    #expect(receiver.receivedByteCount == 300)
    let resumed = try next(&receiver)
    #expect(resumed.ranges[0].offset == 300)
    _ = try receiver.received(.init(answering: resumed, source), now: 0)
    let arrivals = try run(&receiver, from: source).arrivals
    #expect(arrivals.map(\.bytes) == [bytes])
  }

  @Test func otherBytesThanTheDigestSaysAreRefused() throws {
    var receiver = BlobReceiver()
    _ = try receiver.want(Digest(of: blob(50)), count: 50)
    let fetch = try next(&receiver)
    let forged = Chunk(
      request: fetch.request,
      pieces: [
        .init(digest: fetch.ranges[0].digest, offset: 0, total: 50, bytes: blob(50, seed: 2))
      ])
    let error = #expect(throws: TributaryError.self) {
      _ = try receiver.received(forged, now: 0)
    }
    #expect(error?.code == "wire.digest")
  }

  @Test func anAnswerThatDiffersFromTheQuestionIsRefused() throws {
    let bytes = blob(50)
    let digest = Digest(of: bytes)
    let wrong: [[Chunk.Piece]] = [
      [],
      [.init(digest: digest, offset: 1, total: 50, bytes: bytes[1..<50])],
      [.init(digest: digest, offset: 0, total: 51, bytes: bytes)],
      [.init(digest: digest, offset: 0, total: 50, bytes: bytes[0..<49])],
      [.init(digest: Digest(of: "other"), offset: 0, total: 50, bytes: bytes)],
    ]
    for pieces in wrong {
      var receiver = BlobReceiver()
      _ = try receiver.want(digest, count: 50)
      let fetch = try next(&receiver)
      let chunk = Chunk(request: fetch.request, pieces: pieces)
      #expect(throws: TributaryError.self) { _ = try receiver.received(chunk, now: 0) }
    }
  }

  @Test func aBlobThatThePeerLacksIsAnError() throws {
    var receiver = BlobReceiver()
    _ = try receiver.want(Digest(of: blob(50)), count: 50)
    let fetch = try next(&receiver)
    let error = #expect(throws: TributaryError.self) {
      _ = try receiver.received(BlobSender.answer(fetch, from: MemoryBlobs()), now: 0)
    }
    #expect(error?.code == "wire.missing")
  }

  @Test func aRangeOutsideItsBlobIsNotAnswered() throws {
    var source = MemoryBlobs()
    let digest = source.insert(blob(50))
    for (offset, length) in [(0, 51), (50, 1), (49, 2), (60, 1)] {
      let fetch = Fetch(
        request: 1, ranges: [BlobRange(digest: digest, offset: offset, length: length)])
      #expect(throws: TributaryError.self) { try BlobSender.answer(fetch, from: source) }
    }
  }
}

extension Chunk {
  fileprivate init(answering fetch: Fetch, _ source: MemoryBlobs) throws {
    self = try BlobSender.answer(fetch, from: source)
  }
}

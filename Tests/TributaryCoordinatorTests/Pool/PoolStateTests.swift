import Testing
import TributaryCore
import TributaryTransport
import TributaryWire

@testable import TributaryCoordinator

/// The pool's decisions, by plain calls under a virtual clock.
@Suite struct PoolStateTests {
  let fixture = PoolFixture(count: 4, frozenCount: 4)
  let a = Peer(routingID: [1])
  let b = Peer(routingID: [2])

  private func state(slots: Int = 4) -> PoolState {
    PoolState(
      runID: "run", instance: InstanceID(high: 0, low: 1),
      timing: SessionTiming(heartbeatSeconds: 1, leaseSeconds: 5), uploadSlots: slots, now: 0)
  }

  private func hello(_ client: String, worker: String = "w", process: UInt64 = 1) throws -> Message
  {
    .hello(
      Hello(
        worker: worker, client: try ClientID(client), exampleCount: 1, software: "s",
        processor: "p", instance: InstanceID(high: 0, low: process)))
  }

  private func offer(_ client: String, round: Int = 1, seed: Float = 1) throws -> (
    Message, MemoryBlobs
  ) {
    let delta = fixture.globals.mapValues { tensor in
      HostTensor([Float](repeating: seed, count: tensor.shape.elementCount), shape: tensor.shape)
    }
    let offer = UpdateOffer(
      runID: "run", round: round, client: try ClientID(client), exampleCount: 1,
      delta: delta.map { TensorEntry(name: $0, tensor: $1) }.values, metrics: [:])
    return (.offer(offer), MemoryBlobs(tensors: delta))
  }

  @Test func aClientJoinsOnce() throws {
    var state = state()
    let actions = state.received(try hello("a"), from: a, byteCount: 0, now: 0)
    #expect(actions.kinds(to: a) == [.welcome])
    #expect(actions.joins == ["a"])
    // The same process on a new connection is no news.
    let again = state.received(try hello("a"), from: b, byteCount: 0, now: 1)
    #expect(again.kinds(to: b) == [.welcome])
    #expect(again.joins.isEmpty)
    // The former connection is nobody's now.
    let late = state.received(.heartbeat(session: 1), from: a, byteCount: 0, now: 1)
    #expect(late.refusals == [.unknownSession])
  }

  @Test func aLeaseLapsesWithoutHeartbeatsAndLastsWithThem() throws {
    var state = state()
    _ = state.received(try hello("a"), from: a, byteCount: 0, now: 0)
    _ = state.received(try hello("b", worker: "v"), from: b, byteCount: 0, now: 0)
    for second in 1...4 {
      _ = state.received(.heartbeat(session: 1), from: a, byteCount: 0, now: Double(second))
      #expect(state.tick(now: Double(second)).kinds(to: b) == [.heartbeat])
    }
    #expect(state.wakeAt == 5)
    #expect(state.tick(now: 5).leaves == ["b: not heard for 5 s"])
    #expect(state.tick(now: 6).leaves == [])
    #expect(
      state.received(try hello("b", worker: "v"), from: b, byteCount: 0, now: 7).joins == ["b"])
  }

  @Test func aReturningClientGetsItsOpenTaskAgain() throws {
    var state = state()
    let task = try fixture.task("a")
    #expect(state.assign(task, blobs: fixture.blobs, now: 0).isEmpty)
    let joined = state.received(try hello("a"), from: a, byteCount: 0, now: 0)
    #expect(joined.kinds(to: a) == [.welcome, .assign])
    let back = state.received(try hello("a", process: 2), from: b, byteCount: 0, now: 1)
    #expect(back.kinds(to: b) == [.welcome, .assign])
    #expect(back.kinds(to: a) == [.refused])
    #expect(state.withdraw(round: 1, client: task.client, now: 2).kinds(to: b) == [.withdraw])
    #expect(
      state.received(try hello("a", process: 2), from: a, byteCount: 0, now: 3).kinds(to: a)
        == [.welcome])
  }

  @Test func anotherWorkerOrKeyIsTurnedAwayWhileTheFirstLives() throws {
    var state = state()
    _ = state.received(try hello("a"), from: a, byteCount: 0, now: 0)
    let other = state.received(
      try hello("a", worker: "x", process: 2), from: b, byteCount: 0, now: 1)
    #expect(other.refusals == [.clientTaken])
    let thief = Peer(routingID: [9], user: "thief")
    let stolen = state.received(try hello("a"), from: thief, byteCount: 0, now: 1)
    #expect(stolen.refusals == [.clientTaken])
    _ = state.tick(now: 6)
    #expect(
      state.received(
        try hello("a", worker: "x", process: 2), from: b, byteCount: 0, now: 7
      ).joins == ["a"])
  }

  @Test func anUpdateIsFetchedCheckedAndHandedOver() throws {
    var state = state()
    _ = state.received(try hello("a"), from: a, byteCount: 10, now: 0)
    _ = state.assign(try fixture.task("a"), blobs: fixture.blobs, now: 0)
    let (message, blobs) = try offer("a")
    let fetches = state.received(message, from: a, byteCount: 100, now: 0).fetches
    #expect(fetches.count == 1)
    let actions = state.received(
      .chunk(try BlobSender.answer(fetches[0], from: blobs)), from: a, byteCount: 50, now: 0)
    #expect(actions.updates == [150])
    // Offered again after a reconnect: it is here already.
    #expect(
      state.received(try hello("a"), from: b, byteCount: 0, now: 1).kinds(to: b) == [.welcome])
    #expect(state.received(message, from: b, byteCount: 0, now: 1).isEmpty)
    let settled = state.settle(round: 1, client: try ClientID("a"), rejected: nil, now: 2)
    #expect(settled.kinds(to: b) == [.settled])
    // The round is closed for this client now.
    #expect(state.received(message, from: b, byteCount: 0, now: 3).kinds(to: b) == [.settled])
  }

  @Test func anUploadGoesOnAfterAReconnect() throws {
    var state = state()
    let large = PoolFixture(count: 300_000)
    _ = state.received(try hello("a"), from: a, byteCount: 0, now: 0)
    _ = state.assign(try large.task("a"), blobs: large.blobs, now: 0)
    let offer = Message.offer(
      UpdateOffer(
        runID: "run", round: 1, client: try ClientID("a"), exampleCount: 1,
        delta: large.globals.map { TensorEntry(name: $0, tensor: $1) }.values, metrics: [:]))
    let first = state.received(offer, from: a, byteCount: 0, now: 0).fetches
    _ = state.received(
      .chunk(try BlobSender.answer(first[0], from: large.blobs)), from: a, byteCount: 0, now: 0)
    _ = state.received(try hello("a"), from: b, byteCount: 0, now: 1)
    // A late chunk of the former connection is nobody's.
    let resumed = state.received(offer, from: b, byteCount: 0, now: 1).fetches
    let asked = resumed.flatMap(\.ranges).reduce(0) { $0 + $1.length }
    let total = large.globals.values.reduce(0) { $0 + $1.bytes.count }
    #expect(asked == total - (256 << 10))
    var updates: [Int] = []
    for fetch in resumed {
      updates +=
        state.received(
          .chunk(try BlobSender.answer(fetch, from: large.blobs)), from: b, byteCount: 1, now: 1
        ).updates
    }
    #expect(updates.count == 1)
  }

  @Test func aManifestThatDiffersFromTheTaskIsRefused() throws {
    let good = try offer("a").0
    guard case .offer(let template) = good else { return }
    var cases: [(UpdateOffer, String)] = []
    var offer = template
    offer.delta.removeLast()
    cases.append((offer, "fc.weight is missing from the update"))
    offer = template
    offer.delta[0].name = "other"
    cases.append((offer, "other is not among the tensors to update"))
    offer = template
    offer.delta[1].shape = [2, 5]
    cases.append((offer, "fc.bias has shape [2, 5], expected [10]"))
    offer = template
    offer.delta[1].dtype = .int32
    cases.append((offer, "fc.bias is I32, expected F32"))
    offer = template
    offer.exampleCount = 0
    cases.append((offer, "an update trained on 0 examples has no weight"))
    for (offer, reason) in cases {
      var state = state()
      _ = state.received(try hello("a"), from: a, byteCount: 0, now: 0)
      _ = state.assign(try fixture.task("a"), blobs: fixture.blobs, now: 0)
      let actions = state.received(.offer(offer), from: a, byteCount: 0, now: 0)
      #expect(actions.failures == [reason])
      #expect(actions.kinds(to: a) == [.settled])
    }
  }

  @Test func slotsBoundWhatIsInMemory() throws {
    var state = state(slots: 1)
    for (client, peer) in [("a", a), ("b", b)] {
      _ = state.received(try hello(client, worker: client), from: peer, byteCount: 0, now: 0)
      _ = state.assign(try fixture.task(client), blobs: fixture.blobs, now: 0)
    }
    let (first, blobs) = try offer("a")
    let fetch = state.received(first, from: a, byteCount: 0, now: 0).fetches[0]
    #expect(state.received(try offer("b").0, from: b, byteCount: 0, now: 0).isEmpty)
    let chunk = Message.chunk(try BlobSender.answer(fetch, from: blobs))
    #expect(state.received(chunk, from: a, byteCount: 0, now: 0).fetches.isEmpty)
    let settled = state.settle(round: 1, client: try ClientID("a"), rejected: nil, now: 1)
    #expect(settled.kinds(to: b) == [.fetch])
    // A client that leaves gives its slot back.
    let (second, _) = try offer("a", round: 2)
    _ = state.assign(try fixture.task("a", round: 2), blobs: fixture.blobs, now: 2)
    #expect(state.received(second, from: a, byteCount: 0, now: 2).isEmpty)
    #expect(
      state.received(.goodbye(reason: "x"), from: b, byteCount: 0, now: 3).kinds(to: a) == [.fetch])
  }

  @Test func whatAWorkerMayNotSayEndsItsSession() throws {
    var state = state()
    _ = state.received(try hello("a"), from: a, byteCount: 0, now: 0)
    let actions = state.received(.withdraw(round: 1), from: a, byteCount: 0, now: 0)
    #expect(actions.refusals == [.malformed])
    #expect(actions.leaves.count == 1)
  }

  @Test func theEndIsToldAndWaitsForGoodbyes() throws {
    var state = state()
    _ = state.received(try hello("a"), from: a, byteCount: 0, now: 0)
    _ = state.received(try hello("b", worker: "v"), from: b, byteCount: 0, now: 0)
    let actions = state.finish(.interrupted, now: 1)
    #expect(actions.kinds(to: a) == [.ended] && actions.kinds(to: b) == [.ended])
    _ = state.received(.goodbye(reason: ""), from: a, byteCount: 0, now: 1)
    #expect(!state.isOver)
    // Whoever connects again only now hears it now.
    let back = Peer(routingID: [3])
    #expect(
      state.received(try hello("b", worker: "v"), from: back, byteCount: 0, now: 2).kinds(to: back)
        == [.ended])
    #expect(state.wakeAt == 3)
    _ = state.tick(now: 3)
    #expect(state.isOver)
  }
}

extension [PoolState.Action] {
  func kinds(to peer: Peer) -> [Message.Kind] {
    compactMap { if case .send(let message, peer) = $0 { message.kind } else { nil } }
  }
  var fetches: [Fetch] {
    compactMap { if case .send(.fetch(let fetch), _) = $0 { fetch } else { nil } }
  }
  var refusals: [Refusal.Code] {
    compactMap { if case .send(.refused(let refusal), _) = $0 { refusal.code } else { nil } }
  }
  var joins: [String] {
    compactMap { if case .emit(.joined(let info)) = $0 { info.client.name } else { nil } }
  }
  var leaves: [String] {
    compactMap {
      if case .emit(.left(let client, let reason)) = $0 { "\(client): \(reason)" } else { nil }
    }
  }
  var updates: [Int] {
    compactMap { if case .emit(.updated(_, let bytes)) = $0 { bytes } else { nil } }
  }
  var failures: [String] {
    compactMap { if case .emit(.failed(_, _, let reason)) = $0 { reason } else { nil } }
  }
}

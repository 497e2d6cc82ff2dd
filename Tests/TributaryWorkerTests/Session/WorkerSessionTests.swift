import Testing
import TributaryCore
import TributaryTransport
import TributaryWire

@testable import TributaryWorker

/// The worker's decisions, by plain calls: no socket, no thread, no waiting.
@Suite struct WorkerSessionTests {
  static let asset = Bytes(copying: Array("config".utf8))
  static let tensor = HostTensor([1, 2, 3, 4], shape: [4])
  static let blobs = MemoryBlobs(tensors: ["w": tensor], assets: [asset])
  static let welcome = Welcome(
    runID: "run", instance: InstanceID(high: 1, low: 2), session: 1, heartbeatMilliseconds: 1000,
    leaseMilliseconds: 5000)

  private func session(usesDisk: Bool = false) throws -> WorkerSession {
    WorkerSession(
      hello: Hello(
        worker: "w", client: try ClientID("a"), exampleCount: 1, software: "s", processor: "p",
        instance: InstanceID(high: 0, low: 1)), address: "tcp://h:1", patienceSeconds: 60,
      usesDisk: usesDisk, now: 0)
  }

  private func task(round: Int = 1, client: String = "a") throws -> TrainTask {
    TrainTask(
      runID: "run", round: round, client: try ClientID(client),
      model: ModelManifest(
        architecture: "mlp",
        assets: [
          AssetEntry(name: "config", byteCount: Self.asset.count, digest: Digest(of: Self.asset))
        ], tensors: []), globals: [TensorEntry(name: "w", tensor: Self.tensor)], settings: "",
      key: RandomKey(seed: 0))
  }

  private func update(round: Int = 1) throws -> PreparedUpdate {
    PreparedUpdate(
      ClientUpdate(
        runID: "run", round: round, client: try ClientID("a"), exampleCount: 1,
        delta: ["w": Self.tensor], metrics: [:]))
  }

  private func member(usesDisk: Bool = false) throws -> WorkerSession {
    var session = try session(usesDisk: usesDisk)
    _ = session.connected(now: 0)
    _ = session.received(.welcome(Self.welcome), now: 0)
    return session
  }

  /// A member with everything fetched for round 1, training.
  private func training() throws -> WorkerSession {
    var session = try member()
    let actions = session.received(.assign(try task()), now: 0)
    _ = try feed(&session, actions)
    return session
  }

  private func feed(
    _ session: inout WorkerSession, _ actions: [WorkerSession.Action]
  ) throws -> [WorkerSession.Action] {
    var result: [WorkerSession.Action] = []
    for fetch in actions.fetches {
      result += session.received(
        .chunk(try BlobSender.answer(fetch, from: Self.blobs)), now: 0)
    }
    return result
  }

  @Test func itSaysHelloOnEveryConnection() throws {
    var session = try session()
    #expect(session.connected(now: 0).kinds == [.hello])
    #expect(session.received(.welcome(Self.welcome), now: 0).kinds == [])
    _ = session.disconnected(now: 1)
    #expect(session.connected(now: 2).kinds == [.hello])
  }

  @Test func helloIsRepeatedUntilAnswered() throws {
    var session = try session()
    _ = session.connected(now: 0)
    #expect(session.wakeAt == 1)
    #expect(session.tick(now: 1).kinds == [.hello])
    #expect(session.tick(now: 1.5).kinds == [])
  }

  @Test func itBeatsAndNoticesSilence() throws {
    var session = try member()
    #expect(session.wakeAt == 1)
    #expect(session.tick(now: 1).kinds == [.heartbeat])
    for second in 2...4 {
      _ = session.received(.heartbeat(session: 1), now: Double(second))
      #expect(session.tick(now: Double(second)).kinds == [.heartbeat])
    }
    #expect(session.tick(now: 9).kinds == [.hello])
  }

  @Test func patienceEndsIt() throws {
    var session = try member()
    _ = session.disconnected(now: 10)
    #expect(session.tick(now: 69).ending == nil)
    #expect(session.tick(now: 70).ending?.code == "worker.coordinatorGone")
    #expect(session.wakeAt == nil)
  }

  @Test func aTroubleIsSaidOnce() throws {
    var session = try session()
    let refused = LinkFailure.noAnswer("connection refused")
    #expect(
      session.failed(refused, keyFile: "", now: 0).lines == [
        "no coordinator answers at tcp://h:1 (connection refused; retrying)"
      ])
    #expect(session.failed(refused, keyFile: "", now: 1).lines.isEmpty)
    #expect(session.failed(.noAnswer("no route to host"), keyFile: "", now: 1).lines.count == 1)
  }

  @Test func finalFailuresEndItWithOneLine() throws {
    for (failure, code) in [
      (LinkFailure.keyRefused, "worker.keyRefused"), (.wrongServerKey, "worker.wrongServerKey"),
      (.keysDemanded, "worker.security"), (.keysNotSpoken, "worker.security"),
    ] {
      var session = try session()
      let error = session.failed(failure, keyFile: "k/coordinator.pub", now: 0).ending
      #expect(error?.code == code)
      #expect(error?.description.contains("\n") == false)
    }
  }

  @Test func itFetchesThenTrainsThenOffers() throws {
    var session = try member()
    let assigned = session.received(.assign(try task()), now: 0)
    #expect(assigned.kinds == [.fetch])
    let fed = try feed(&session, assigned)
    #expect(fed.trains == [1])
    #expect(session.trained(try task(), .success(try update()), now: 1).kinds == [.offer])
    let range = BlobRange(digest: Digest(of: Self.tensor.bytes), offset: 0, length: 16)
    #expect(
      session.received(.fetch(Fetch(request: 9, ranges: [range])), now: 1).kinds == [.chunk])
    // The same task again is answered from memory; the next one needs no fetch.
    #expect(session.received(.assign(try task()), now: 2).kinds == [.offer])
    #expect(session.received(.assign(try task(round: 2)), now: 3).trains == [2])
  }

  @Test func aTaskUnderWayAssignedAgainChangesNothing() throws {
    var session = try training()
    #expect(session.received(.assign(try task()), now: 1).isEmpty)
  }

  @Test func aTransferGoesOnAfterAReconnect() throws {
    var session = try member()
    _ = session.received(.assign(try task()), now: 0)
    _ = session.disconnected(now: 1)
    _ = session.connected(now: 2)
    // A coordinator that was restarted may not have opened the round yet.
    #expect(session.received(.welcome(Self.welcome), now: 2).kinds == [])
    let again = session.received(.assign(try task()), now: 3)
    #expect(again.kinds == [.fetch])
    #expect(try feed(&session, again).trains == [1])
  }

  @Test func trainingGoesOnWhileTheCoordinatorIsAway() throws {
    var session = try training()
    _ = session.disconnected(now: 1)
    #expect(session.trained(try task(), .success(try update()), now: 2).kinds == [])
    _ = session.connected(now: 3)
    _ = session.received(.welcome(Self.welcome), now: 3)
    #expect(session.received(.assign(try task()), now: 3).kinds == [.offer])
  }

  @Test func aNewTaskCancelsTheOldAndWaitsForTheThread() throws {
    var session = try training()
    let actions = session.received(.assign(try task(round: 2)), now: 1)
    #expect(actions.isCancelled)
    #expect(actions.trains.isEmpty)
    let cancelled = TaskFailure(round: 1, code: "task.cancelled", reason: "")
    let next = session.trained(try task(), .failure(cancelled), now: 2)
    #expect(next.trains == [2])
    #expect(next.kinds.isEmpty)
  }

  @Test func aWithdrawnTaskIsNotOffered() throws {
    var session = try training()
    #expect(session.received(.withdraw(round: 1), now: 1).isCancelled)
    #expect(session.trained(try task(), .success(try update()), now: 2).kinds == [])
  }

  @Test func aFailureIsToldAndTheNextTaskDone() throws {
    var session = try training()
    let failure = TaskFailure(round: 1, code: "data.missing", reason: "gone")
    #expect(session.trained(try task(), .failure(failure), now: 1).kinds == [.failed])
    #expect(session.received(.assign(try task()), now: 2).trains == [1])
  }

  @Test func forgedBytesFailTheTask() throws {
    var session = try member()
    let fetch = try #require(session.received(.assign(try task()), now: 0).fetches.first)
    var chunk = try BlobSender.answer(fetch, from: Self.blobs)
    for index in chunk.pieces.indices {
      chunk.pieces[index].bytes = Bytes(
        copying: [UInt8](repeating: 0, count: chunk.pieces[index].bytes.count))
    }
    #expect(session.received(.chunk(chunk), now: 0).kinds == [.failed])
  }

  @Test func theDiskIsAskedFirst() throws {
    var session = try member(usesDisk: true)
    let actions = session.received(.assign(try task()), now: 0)
    guard case .lookUp(let task, let wanted) = actions.last else {
      Issue.record("no look-up")
      return
    }
    #expect(wanted.map(\.digest) == [Digest(of: Self.asset)])
    let found = session.found([Digest(of: Self.asset): Self.asset], for: task, now: 1)
    #expect(found.fetches.flatMap(\.ranges).map(\.digest) == [Digest(of: Self.tensor.bytes)])
  }

  @Test func aTaskForAnotherClientIsNotDone() throws {
    var session = try member()
    #expect(session.received(.assign(try task(client: "b")), now: 0).kinds == [.failed])
  }

  @Test func refusalsEndItButAForgottenSessionDoesNot() throws {
    var session = try member()
    #expect(session.received(.refused(Refusal(.unknownSession, "")), now: 1).kinds == [.hello])
    #expect(session.received(.refused(Refusal(.unknownSession, "")), now: 1).kinds == [])
    let end = session.received(.refused(Refusal(.replaced, "other process")), now: 1).ending
    #expect(end?.description == "the coordinator refused this worker: other process")
  }

  @Test func stoppingSaysGoodbye() throws {
    var session = try training()
    let actions = session.stop()
    #expect(actions.kinds == [.goodbye])
    #expect(actions.isCancelled)
    #expect(session.received(.heartbeat(session: 1), now: 1).isEmpty)
  }
}

extension [WorkerSession.Action] {
  fileprivate var messages: [Message] {
    compactMap { if case .send(let message) = $0 { message } else { nil } }
  }
  fileprivate var kinds: [Message.Kind] { messages.map(\.kind) }
  fileprivate var fetches: [Fetch] {
    messages.compactMap { if case .fetch(let fetch) = $0 { fetch } else { nil } }
  }
  fileprivate var trains: [Int] {
    compactMap { if case .train(let task, _) = $0 { task.round } else { nil } }
  }
  fileprivate var lines: [String] {
    compactMap { if case .log(let line, _) = $0 { line } else { nil } }
  }
  fileprivate var isCancelled: Bool {
    contains { if case .cancelTraining = $0 { true } else { false } }
  }
  fileprivate var ending: TributaryError? {
    for case .end(.failed(let error)) in self { return error }
    return nil
  }
}

internal import TributaryCore
internal import TributaryTransport
internal import TributaryWire

/// What a pool does about each thing that happens: a state machine without I/O.
///
/// Every method takes the time and returns what to do, in order. `protocol/004-session.md` is the
/// spec. Assignments outlive sessions: a client that returns gets its open task again.
struct PoolState {
  enum Action: Equatable {
    case send(Message, Peer)
    case emit(PoolEvent)
  }

  struct Member {
    var info: ClientInfo
    var instance: InstanceID
    var peer: Peer
    var session: UInt64
    var heardAt: Double
    /// False once it said goodbye or its lease lapsed.
    var isAlive = true
  }

  struct Assignment {
    var task: TrainTask
    var blobs: any BlobSource
    var upload: Upload?
    /// What this task's client sent since it was assigned.
    var bytesUp = 0
  }

  /// An offered update on its way in.
  struct Upload {
    enum Phase {
      /// Its connection is gone: it waits to be offered again. What came in stays.
      case suspended
      /// It waits for a slot.
      case queued
      /// It is being fetched.
      case fetching
      /// It is here and handed over; the answer is due.
      case handedOver
    }
    var offer: UpdateOffer
    var phase = Phase.queued
    /// Offers get their slots in the order of their numbers.
    var number: UInt64
    var receiver: BlobReceiver
    var blobs: [Digest: Bytes] = [:]
  }

  let runID: String
  let instance: InstanceID
  let timing: SessionTiming
  /// Updates that are being fetched or await their answer at one time: memory is bounded by it.
  let uploadSlots: Int

  var members: [ClientID: Member] = [:]
  var clients: [Peer: ClientID] = [:]
  var assignments: [ClientID: Assignment] = [:]
  var lastSession: UInt64 = 0
  var lastUpload: UInt64 = 0
  var beatAt: Double
  /// Set once the run is over: how, and until when members may say that they heard it.
  var ending: (outcome: RunOutcome, until: Double)?
  /// How long members get to say goodbye at the end, in seconds.
  static let farewellSeconds = 2.0

  init(
    runID: String, instance: InstanceID, timing: SessionTiming, uploadSlots: Int = 4, now: Double
  ) {
    self.runID = runID
    self.instance = instance
    self.timing = timing
    self.uploadSlots = uploadSlots
    beatAt = now + timing.heartbeatSeconds
  }

  /// When `tick` is due.
  var wakeAt: Double? {
    if let ending { return isOver ? nil : ending.until }
    let living = members.values.filter(\.isAlive)
    guard let oldest = living.map(\.heardAt).min() else { return nil }
    return min(beatAt, oldest + timing.leaseSeconds)
  }

  /// Whether the run is over and everybody who could hear it has heard it: time to close.
  var isOver: Bool { ending != nil && members.values.allSatisfy { !$0.isAlive } }

  mutating func tick(now: Double) -> [Action] {
    if let ending {
      if now >= ending.until { for client in members.keys { members[client]?.isAlive = false } }
      return []
    }
    var actions: [Action] = []
    for client in members.keys.sorted() {
      guard let member = members[client], member.isAlive,
        now >= member.heardAt + timing.leaseSeconds
      else { continue }
      actions += leave(
        client, reason: "not heard for \(Int(timing.leaseSeconds.rounded(.up))) s", now: now)
    }
    guard now >= beatAt else { return actions }
    beatAt = now + timing.heartbeatSeconds
    return actions
      + members.values.filter(\.isAlive).map {
        .send(.heartbeat(session: $0.session), $0.peer)
      }
  }

  mutating func received(
    _ message: Message, from peer: Peer, byteCount: Int, now: Double
  ) -> [Action] {
    if let ending { return parted(message, peer, ending.outcome) }
    if case .hello(let hello) = message { return greeted(hello, peer, now: now) }
    guard let client = clients[peer], members[client]?.isAlive == true else {
      // Somebody whose session is over: it says Hello and goes on.
      return [.send(.refused(Refusal(.unknownSession, "say hello first")), peer)]
    }
    members[client]?.heardAt = now
    assignments[client]?.bytesUp += byteCount
    switch message {
    case .heartbeat: return []
    case .goodbye(let reason):
      return leave(client, reason: "said goodbye (\(reason))", now: now)
    case .offer(let offer): return offered(offer, by: client, now: now)
    case .failed(let failure): return failed(failure, client, now: now)
    case .fetch(let fetch): return answer(fetch, client, peer)
    case .chunk(let chunk): return received(chunk, from: client, now: now)
    default: return malformed("a worker sent a \(message.kind) message", peer, now: now)
    }
  }

  /// Bytes from `peer` that are no message of this version, or a message it may not send.
  mutating func malformed(_ reason: String, _ peer: Peer, now: Double) -> [Action] {
    let client = clients[peer]
    let who = client.map { "client \($0)" } ?? "a peer"
    var actions: [Action] = [.send(.refused(Refusal(.malformed, reason)), peer)]
    if let client, members[client]?.isAlive == true {
      actions += leave(client, reason: "broke the protocol: \(reason)", now: now)
    }
    return actions + [.emit(.refused("\(who) was turned away: \(reason)"))]
  }

  /// A Hello of another version of the protocol.
  func otherVersion(_ reason: String, _ peer: Peer) -> [Action] {
    [
      .send(.refused(Refusal(.version, reason)), peer),
      .emit(.refused("a worker was turned away: \(reason)")),
    ]
  }

  /// Tells everybody; those whose lease lapsed too, who may only have been slow.
  mutating func finish(_ outcome: RunOutcome, now: Double) -> [Action] {
    ending = (outcome, now + Self.farewellSeconds)
    return members.values.map { .send(.ended(outcome), $0.peer) }
  }

  /// After the end each member says goodbye; whoever comes back only now hears it now.
  private mutating func parted(
    _ message: Message, _ peer: Peer, _ outcome: RunOutcome
  ) -> [Action] {
    switch message {
    case .goodbye:
      if let client = clients[peer] { members[client]?.isAlive = false }
      return []
    case .hello(let hello):
      members[hello.client]?.peer = peer
      clients[peer] = hello.client
      return [.send(.ended(outcome), peer)]
    default: return []
    }
  }
}

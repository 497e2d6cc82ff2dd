internal import TributaryCore
internal import TributaryTransport
internal import TributaryWire

/// What a worker does about each thing that happens: a state machine without I/O.
///
/// Every method takes the time and returns what to do, in order. `protocol/004-session.md` is the
/// spec. The worker is a member between Welcome and the end of its lease; whenever the connection is
/// new, or the coordinator has been silent for a lease, it says Hello again, with its task, its
/// cache and its last update kept.
struct WorkerSession {
  enum Action {
    case send(Message)
    /// Look for these on disk; answer with `found`.
    case lookUp(TrainTask, [BlobSize])
    case train(TrainTask, MemoryBlobs)
    case cancelTraining
    case log(String, isWarning: Bool)
    case end(WorkerEnd)
  }

  enum WorkerEnd {
    case completed(rounds: Int, digest: Digest)
    case stopped
    case failed(TributaryError)
  }

  enum Connection {
    case down
    /// Open; Hello was said, the answer is due.
    case greeting(saidAt: Double)
    case member(Welcome, beatAt: Double)
  }

  struct Current {
    var task: TrainTask
    /// nil until it is known what the disk has, and again once everything is here.
    var receiver: BlobReceiver?
  }

  let hello: Hello
  let address: String
  let patienceSeconds: Double
  let usesDisk: Bool
  /// Seconds between Hellos that nobody answers.
  static let helloSeconds = 1.0

  var connection = Connection.down
  /// When the coordinator was last heard.
  var heardAt: Double
  /// Since when there is no coordinator; nil while there is one.
  var searchingSince: Double?
  var lastTrouble: String?
  /// Why the last connection could not be opened.
  var lastReason: String?
  var isEnded = false

  var current: Current?
  /// The round assigned on this connection. Until then the coordinator, if it was restarted, may not
  /// have the blobs of the task under way.
  var assignedRound: Int?
  /// The training thread is busy with this task, wanted or not.
  var training: TrainTask?
  /// Begins when the training thread is free.
  var next: TrainTask?
  var finished: (task: TrainTask, update: PreparedUpdate)?
  var blobs = MemoryBlobs()
  var held: Set<Digest> = []
  var nextRequest: UInt64 = 1

  init(
    hello: Hello, address: String, patienceSeconds: Double, usesDisk: Bool = false, now: Double
  ) {
    self.hello = hello
    self.address = address
    self.patienceSeconds = patienceSeconds
    self.usesDisk = usesDisk
    heardAt = now
    searchingSince = now
  }

  /// When `tick` is due.
  var wakeAt: Double? {
    guard !isEnded else { return nil }
    let patience = searchingSince.map { $0 + patienceSeconds } ?? .infinity
    switch connection {
    case .down: return patience
    case .greeting(let saidAt): return min(patience, saidAt + Self.helloSeconds)
    case .member(let welcome, let beatAt): return min(beatAt, heardAt + seconds(welcome))
    }
  }

  private func seconds(_ welcome: Welcome) -> Double { Double(welcome.leaseMilliseconds) / 1000 }

  mutating func connected(now: Double) -> [Action] {
    guard !isEnded else { return [] }
    return greet(now: now)
  }

  mutating func disconnected(now: Double) -> [Action] {
    guard !isEnded else { return [] }
    connection = .down
    if searchingSince == nil { searchingSince = now }
    return trouble("lost the connection to \(address); looking for the coordinator")
  }

  /// A connection that could not be opened.
  mutating func failed(_ failure: LinkFailure, keyFile: String, now: Double) -> [Action] {
    guard !isEnded else { return [] }
    if let error = WorkerErrors.final(failure, address: address, keyFile: keyFile) {
      return end(.failed(error))
    }
    guard case .noAnswer(let reason) = failure else { return [] }
    lastReason = reason
    return trouble("no coordinator answers at \(address) (\(reason); retrying)")
  }

  mutating func tick(now: Double) -> [Action] {
    guard !isEnded else { return [] }
    if let since = searchingSince, now >= since + patienceSeconds {
      return end(.failed(WorkerErrors.gone(address, seconds: patienceSeconds, reason: lastReason)))
    }
    switch connection {
    case .down: return []
    case .greeting(let saidAt):
      return now >= saidAt + Self.helloSeconds ? greet(now: now) : []
    case .member(let welcome, let beatAt):
      if now >= heardAt + seconds(welcome) {
        searchingSince = heardAt
        return trouble("the coordinator at \(address) is silent; saying hello again")
          + greet(now: now)
      }
      guard now >= beatAt else { return [] }
      connection = .member(
        welcome, beatAt: now + Double(welcome.heartbeatMilliseconds) / 1000)
      return [.send(.heartbeat(session: welcome.session))]
    }
  }

  /// Ctrl-C.
  mutating func stop() -> [Action] {
    guard !isEnded else { return [] }
    var actions: [Action] = []
    if case .member = connection { actions.append(.send(.goodbye(reason: "stopped"))) }
    return actions + end(.stopped)
  }

  mutating func received(_ message: Message, now: Double) -> [Action] {
    guard !isEnded else { return [] }
    heardAt = now
    switch message {
    case .welcome(let welcome): return welcomed(welcome, now: now)
    case .refused(let refusal): return refused(refusal, now: now)
    case .ended(let outcome): return ended(outcome)
    default: break
    }
    // Anything else is for members; a late message of a connection that is gone changes nothing.
    guard case .member(let welcome, _) = connection else { return [] }
    switch message {
    case .assign(let task): return assigned(task, welcome, now: now)
    case .withdraw(let round): return withdrawn(round: round, now: now)
    case .chunk(let chunk): return received(chunk, now: now)
    case .fetch(let fetch): return answer(fetch)
    case .settled(let round, let rejected): return settled(round: round, rejected)
    default: return []
    }
  }

  /// Bytes that are no message of this version.
  mutating func receivedGarbage(_ error: TributaryError) -> [Action] {
    guard !isEnded else { return [] }
    if error.code == "wire.version" { return end(.failed(WorkerErrors.refused(error.description))) }
    return [.log("ignored from the coordinator: \(error)", isWarning: true)]
  }

  mutating func greet(now: Double) -> [Action] {
    connection = .greeting(saidAt: now)
    return [.send(.hello(hello))]
  }

  mutating func end(_ end: WorkerEnd) -> [Action] {
    isEnded = true
    return (training == nil ? [] : [.cancelTraining]) + [.end(end)]
  }

  /// One line for each change of trouble, not one for each attempt.
  private mutating func trouble(_ line: String) -> [Action] {
    guard line != lastTrouble else { return [] }
    lastTrouble = line
    return [.log(line, isWarning: true)]
  }
}

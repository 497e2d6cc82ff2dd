public import TributaryCore

/// Everything a worker and a coordinator say to each other. `protocol/002-messages.md` is the spec.
public enum Message: Sendable, Equatable {
  case hello(Hello)
  case welcome(Welcome)
  case refused(Refusal)
  case heartbeat(session: UInt64)
  case assign(TrainTask)
  case withdraw(round: Int)
  case offer(UpdateOffer)
  /// The answer to an offer: nil where it was accepted.
  case settled(round: Int, rejected: String?)
  case failed(TaskFailure)
  case fetch(Fetch)
  case chunk(Chunk)
  case ended(RunOutcome)
  case goodbye(reason: String)

  /// The second-lowest layer's name of a message: the third octet of its header frame.
  public enum Kind: UInt8, Sendable, CaseIterable {
    case hello = 1
    case welcome, refused, heartbeat, assign, withdraw, offer, settled, failed, fetch, chunk, ended
    case goodbye
  }

  public var kind: Kind {
    switch self {
    case .hello: .hello
    case .welcome: .welcome
    case .refused: .refused
    case .heartbeat: .heartbeat
    case .assign: .assign
    case .withdraw: .withdraw
    case .offer: .offer
    case .settled: .settled
    case .failed: .failed
    case .fetch: .fetch
    case .chunk: .chunk
    case .ended: .ended
    case .goodbye: .goodbye
    }
  }
}

/// A worker asks to be a member.
public struct Hello: Sendable, Equatable {
  public var worker: String
  public var client: ClientID
  public var exampleCount: Int
  public var software: String
  public var processor: String
  public var instance: InstanceID

  public init(
    worker: String, client: ClientID, exampleCount: Int, software: String, processor: String,
    instance: InstanceID
  ) {
    self.worker = worker
    self.client = client
    self.exampleCount = exampleCount
    self.software = software
    self.processor = processor
    self.instance = instance
  }
}

/// The coordinator made the worker a member; transfers under way before this are void.
public struct Welcome: Sendable, Equatable {
  public var runID: String
  public var instance: InstanceID
  public var session: UInt64
  public var heartbeatMilliseconds: Int
  public var leaseMilliseconds: Int

  public init(
    runID: String, instance: InstanceID, session: UInt64, heartbeatMilliseconds: Int,
    leaseMilliseconds: Int
  ) {
    self.runID = runID
    self.instance = instance
    self.session = session
    self.heartbeatMilliseconds = heartbeatMilliseconds
    self.leaseMilliseconds = leaseMilliseconds
  }
}

/// The coordinator turns a peer away.
public struct Refusal: Sendable, Equatable {
  public enum Code: UInt32, Sendable {
    /// The two speak different versions of the protocol.
    case version = 1
    /// Another living worker serves this client.
    case clientTaken = 2
    /// Another process of the same worker took this session over.
    case replaced = 3
    /// The peer is not a member (any more): it says Hello and may be welcomed.
    case unknownSession = 4
    /// A message that breaks the protocol.
    case malformed = 5
    /// The key that the peer authenticated with may not do this.
    case unauthorized = 6
  }
  public var code: Code
  public var reason: String

  public init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }
}

/// The manifest of an update: what it holds, by name and digest. The bytes are fetched.
public struct UpdateOffer: Sendable, Equatable {
  public var runID: String
  public var round: Int
  public var client: ClientID
  public var exampleCount: Int
  public var delta: [TensorEntry]
  public var metrics: [String: Double]

  public init(
    runID: String, round: Int, client: ClientID, exampleCount: Int, delta: [TensorEntry],
    metrics: [String: Double]
  ) {
    self.runID = runID
    self.round = round
    self.client = client
    self.exampleCount = exampleCount
    self.delta = delta
    self.metrics = metrics
  }
}

/// Why a task could not be done, in the worker's words.
public struct TaskFailure: Error, Sendable, Equatable {
  public var round: Int
  public var code: String
  public var reason: String

  public init(round: Int, code: String, reason: String) {
    self.round = round
    self.code = code
    self.reason = reason
  }
}

/// A part of a blob.
public struct BlobRange: Sendable, Hashable {
  public var digest: Digest
  public var offset: Int
  public var length: Int

  public init(digest: Digest, offset: Int, length: Int) {
    self.digest = digest
    self.offset = offset
    self.length = length
  }
}

public struct Fetch: Sendable, Equatable {
  public var request: UInt64
  public var ranges: [BlobRange]

  public init(request: UInt64, ranges: [BlobRange]) {
    self.request = request
    self.ranges = ranges
  }
}

/// The answer to one Fetch.
public struct Chunk: Sendable, Equatable {
  public struct Piece: Sendable, Equatable {
    public var digest: Digest
    public var offset: Int
    /// Bytes of the whole blob.
    public var total: Int
    public var bytes: Bytes

    public init(digest: Digest, offset: Int, total: Int, bytes: Bytes) {
      self.digest = digest
      self.offset = offset
      self.total = total
      self.bytes = bytes
    }
  }
  public var request: UInt64
  public var pieces: [Piece]
  /// Asked for but not there.
  public var missing: [Digest]

  public init(request: UInt64, pieces: [Piece], missing: [Digest] = []) {
    self.request = request
    self.pieces = pieces
    self.missing = missing
  }
}

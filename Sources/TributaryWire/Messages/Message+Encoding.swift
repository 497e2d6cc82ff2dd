internal import SwiftProtobuf
internal import TributaryCore

extension Message {
  /// The protobuf octets of the header. Equal messages have equal octets.
  func encodedBody() throws -> [UInt8] {
    switch self {
    case .hello(let hello): try Self.octets(Tributary_V1_Hello(hello))
    case .welcome(let welcome): try Self.octets(Tributary_V1_Welcome(welcome))
    case .refused(let refusal):
      try Self.octets(
        Tributary_V1_Refused.with {
          $0.code = refusal.code.rawValue
          $0.reason = Self.cut(refusal.reason)
        })
    case .heartbeat(let session):
      try Self.octets(Tributary_V1_Heartbeat.with { $0.session = session })
    case .assign(let task): try Self.octets(Tributary_V1_Assign.with { $0.task = .init(task) })
    case .withdraw(let round):
      try Self.octets(Tributary_V1_Withdraw.with { $0.round = UInt32(clamping: round) })
    case .offer(let offer): try Self.octets(Tributary_V1_Offer(offer))
    case .settled(let round, let rejected):
      try Self.octets(
        Tributary_V1_Settled.with {
          $0.round = UInt32(clamping: round)
          $0.accepted = rejected == nil
          $0.reason = Self.cut(rejected ?? "")
        })
    case .failed(let failure):
      try Self.octets(
        Tributary_V1_Failed.with {
          $0.round = UInt32(clamping: failure.round)
          $0.code = Self.cut(failure.code)
          $0.reason = Self.cut(failure.reason)
        })
    case .fetch(let fetch): try Self.octets(Tributary_V1_Fetch(fetch))
    case .chunk(let chunk): try Self.octets(Tributary_V1_Chunk(chunk))
    case .ended(let outcome): try Self.octets(Tributary_V1_Ended(outcome))
    case .goodbye(let reason):
      try Self.octets(Tributary_V1_Goodbye.with { $0.reason = Self.cut(reason) })
    }
  }

  private static func octets(_ message: some SwiftProtobuf.Message) throws -> [UInt8] {
    try message.serializedBytes()
  }

  /// `text` within the limit for reasons, cut between characters.
  static func cut(_ text: String) -> String {
    guard text.utf8.count > WireLimits.reasonByteCount else { return text }
    var kept = ""
    var count = 0
    for character in text {
      count += character.utf8.count
      if count > WireLimits.reasonByteCount - 3 { break }
      kept.append(character)
    }
    return kept + "\u{2026}"
  }
}

extension Tributary_V1_Hello {
  init(_ hello: Hello) {
    worker = hello.worker
    client = hello.client.name
    exampleCount = UInt64(clamping: hello.exampleCount)
    software = hello.software
    processor = hello.processor
    instance = hello.instance.bytes.protobuf
  }
}

extension Tributary_V1_Welcome {
  init(_ welcome: Welcome) {
    runID = welcome.runID
    instance = welcome.instance.bytes.protobuf
    session = welcome.session
    heartbeatMilliseconds = UInt32(clamping: welcome.heartbeatMilliseconds)
    leaseMilliseconds = UInt32(clamping: welcome.leaseMilliseconds)
  }
}

extension Tributary_V1_Task {
  init(_ task: TrainTask) {
    runID = task.runID
    round = UInt32(clamping: task.round)
    client = task.client.name
    model = .with {
      $0.architecture = task.model.architecture
      $0.assets = task.model.assets.map { asset in
        .with {
          $0.name = asset.name
          $0.byteCount = UInt64(clamping: asset.byteCount)
          $0.digest = asset.digest.bytes.protobuf
        }
      }
      $0.tensors = task.model.tensors.map(Tributary_V1_Tensor.init)
    }
    globals = task.globals.map(Tributary_V1_Tensor.init)
    settings = task.settings
    randomKey = task.key.key
    randomSalt = task.key.salt
    countedRound = UInt32(clamping: task.countedRound)
    purpose =
      switch task.purpose {
      case .train: .train
      case .evaluate: .evaluate
      }
  }
}

extension Tributary_V1_Tensor {
  init(_ entry: TensorEntry) {
    name = entry.name
    dtype = entry.dtype.rawValue
    shape = entry.shape.map { UInt64(clamping: $0) }
    digest = entry.digest.bytes.protobuf
  }
}

extension Tributary_V1_Offer {
  init(_ offer: UpdateOffer) {
    runID = offer.runID
    round = UInt32(clamping: offer.round)
    client = offer.client.name
    exampleCount = UInt64(clamping: offer.exampleCount)
    delta = offer.delta.map(Tributary_V1_Tensor.init)
    metrics = offer.metrics.sorted { $0.key < $1.key }.map { name, value in
      .with {
        $0.name = name
        $0.value = value
      }
    }
  }
}

extension Tributary_V1_Fetch {
  init(_ fetch: Fetch) {
    request = fetch.request
    ranges = fetch.ranges.map { range in
      .with {
        $0.digest = range.digest.bytes.protobuf
        $0.offset = UInt64(clamping: range.offset)
        $0.length = UInt64(clamping: range.length)
      }
    }
  }
}

extension Tributary_V1_Chunk {
  init(_ chunk: Chunk) {
    request = chunk.request
    pieces = chunk.pieces.map { piece in
      .with {
        $0.digest = piece.digest.bytes.protobuf
        $0.offset = UInt64(clamping: piece.offset)
        $0.total = UInt64(clamping: piece.total)
      }
    }
    missing = chunk.missing.map(\.bytes.protobuf)
  }
}

extension Tributary_V1_Ended {
  init(_ outcome: RunOutcome) {
    switch outcome {
    case .completed(let rounds, let digest):
      self.outcome = .completed
      self.rounds = UInt32(clamping: rounds)
      self.digest = digest.bytes.protobuf
    case .failed(let reason):
      self.outcome = .failed
      self.reason = Message.cut(reason)
    case .interrupted: self.outcome = .interrupted
    }
  }
}

internal import FoundationEssentials
internal import SwiftProtobuf
internal import TributaryCore

extension Message {
  /// Every value that comes out of here is within the protocol's limits.
  static func decoded(_ kind: Kind, body: [UInt8], rawFrames: [Bytes]) throws -> Message {
    switch kind {
    case .hello: .hello(try Tributary_V1_Hello(serializedBytes: body).checked())
    case .welcome: .welcome(try Tributary_V1_Welcome(serializedBytes: body).checked())
    case .refused: .refused(try Tributary_V1_Refused(serializedBytes: body).checked())
    case .heartbeat:
      .heartbeat(session: try Tributary_V1_Heartbeat(serializedBytes: body).session)
    case .assign: .assign(try Tributary_V1_Assign(serializedBytes: body).task.checked())
    case .withdraw: .withdraw(round: Int(try Tributary_V1_Withdraw(serializedBytes: body).round))
    case .offer: .offer(try Tributary_V1_Offer(serializedBytes: body).checked())
    case .settled: try Tributary_V1_Settled(serializedBytes: body).checked()
    case .failed: .failed(try Tributary_V1_Failed(serializedBytes: body).checked())
    case .fetch: .fetch(try Tributary_V1_Fetch(serializedBytes: body).checked())
    case .chunk: .chunk(try Tributary_V1_Chunk(serializedBytes: body).checked(with: rawFrames))
    case .ended: .ended(try Tributary_V1_Ended(serializedBytes: body).checked())
    case .goodbye: .goodbye(reason: try text(Tributary_V1_Goodbye(serializedBytes: body).reason))
    }
  }

  /// A line for people: control characters become spaces, so that a peer cannot forge log lines.
  static func text(_ value: String, limit: Int = WireLimits.reasonByteCount) throws -> String {
    guard value.utf8.count <= limit else { throw malformed("a text of \(value.utf8.count) bytes") }
    guard value.unicodeScalars.contains(where: isControl) else { return value }
    return String(
      String.UnicodeScalarView(value.unicodeScalars.map { isControl($0) ? " " : $0 }))
  }

  /// A name: not empty, no control characters.
  static func name(_ value: String) throws -> String {
    guard (1...WireLimits.nameByteCount).contains(value.utf8.count),
      !value.unicodeScalars.contains(where: isControl)
    else { throw malformed("a name of \(value.utf8.count) bytes or with control characters") }
    return value
  }

  static func count(_ value: UInt64, limit: Int = Int.max) throws -> Int {
    guard let count = Int(exactly: value), count <= limit else {
      throw malformed("a count of \(value)")
    }
    return count
  }

  static func digest(_ value: Data) throws -> Digest {
    guard let digest = Digest(bytes: value) else {
      throw malformed("a digest of \(value.count) bytes")
    }
    return digest
  }

  static func client(_ value: String) throws -> ClientID {
    // What the peer called it is not repeated: it may be long, or made for a terminal.
    guard let client = try? ClientID(value) else {
      throw malformed(
        "a client's name of \(value.utf8.count) bytes or with characters it may not have")
    }
    return client
  }

  static func instance(_ value: Data) throws -> InstanceID {
    guard let instance = InstanceID(bytes: value) else {
      throw malformed("an instance of \(value.count) bytes")
    }
    return instance
  }

  static func distinct(_ names: [String]) throws {
    guard names.count <= WireLimits.manifestCount else {
      throw malformed("a manifest of \(names.count) entries")
    }
    guard Set(names).count == names.count else { throw malformed("a name twice in a manifest") }
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.generalCategory == .control
      || scalar.properties.generalCategory == .lineSeparator
      || scalar.properties.generalCategory == .paragraphSeparator
  }
}

extension Tributary_V1_Hello {
  func checked() throws -> Hello {
    Hello(
      worker: try Message.name(worker), client: try Message.client(client),
      exampleCount: try Message.count(exampleCount), software: try Message.text(software),
      processor: try Message.text(processor), instance: try Message.instance(instance))
  }
}

extension Tributary_V1_Welcome {
  func checked() throws -> Welcome {
    guard heartbeatMilliseconds > 0, leaseMilliseconds > heartbeatMilliseconds else {
      throw Message.malformed("a lease that is not longer than the heartbeat interval")
    }
    return Welcome(
      runID: try Message.name(runID), instance: try Message.instance(instance), session: session,
      heartbeatMilliseconds: Int(heartbeatMilliseconds), leaseMilliseconds: Int(leaseMilliseconds))
  }
}

extension Tributary_V1_Refused {
  func checked() throws -> Refusal {
    guard let code = Refusal.Code(rawValue: code) else {
      throw Message.malformed("refused with unknown code \(code)")
    }
    return Refusal(code, try Message.text(reason))
  }
}

extension Tributary_V1_Task {
  func checked() throws -> TrainTask {
    try Message.distinct(model.assets.map(\.name))
    try Message.distinct((model.tensors + globals).map(\.name))
    guard settings.utf8.count <= WireLimits.settingsByteCount, round > 0, countedRound < round
    else {
      throw Message.malformed("a task with impossible rounds or oversized settings")
    }
    return TrainTask(
      runID: try Message.name(runID), round: Int(round), client: try Message.client(client),
      model: ModelManifest(
        architecture: try Message.name(model.architecture),
        assets: try model.assets.map { try $0.checked() },
        tensors: try model.tensors.map { try $0.checked() }),
      globals: try globals.map { try $0.checked() }, settings: settings,
      key: RandomKey(key: randomKey, salt: randomSalt), countedRound: Int(countedRound),
      purpose: try checkedPurpose())
  }
}

extension Tributary_V1_Asset {
  func checked() throws -> AssetEntry {
    AssetEntry(
      name: try Message.name(name),
      byteCount: try Message.count(byteCount, limit: WireLimits.blobByteCount),
      digest: try Message.digest(digest))
  }
}

extension Tributary_V1_Tensor {
  func checked() throws -> TensorEntry {
    guard let type = DType(rawValue: dtype), shape.count <= WireLimits.rank else {
      throw Message.malformed("a tensor of unknown type or of rank \(shape.count)")
    }
    let extents = Shape(try shape.map { try Message.count($0) })
    guard let count = extents.checkedElementCount,
      count <= WireLimits.blobByteCount / type.byteCount
    else { throw Message.malformed("a tensor of shape \(extents)") }
    return TensorEntry(
      name: try Message.name(name), dtype: type, shape: extents, digest: try Message.digest(digest))
  }
}

extension Tributary_V1_Offer {
  func checked() throws -> UpdateOffer {
    try Message.distinct(delta.map(\.name))
    guard metrics.count <= WireLimits.metricCount else {
      throw Message.malformed("\(metrics.count) metrics")
    }
    var values: [String: Double] = [:]
    for metric in metrics { values[try Message.name(metric.name)] = metric.value }
    guard values.count == metrics.count else { throw Message.malformed("a metric twice") }
    return UpdateOffer(
      runID: try Message.name(runID), round: Int(round), client: try Message.client(client),
      exampleCount: try Message.count(exampleCount), delta: try delta.map { try $0.checked() },
      metrics: values)
  }
}

extension Tributary_V1_Settled {
  func checked() throws -> Message {
    .settled(round: Int(round), rejected: accepted ? nil : try Message.text(reason))
  }
}

extension Tributary_V1_Failed {
  func checked() throws -> TaskFailure {
    TaskFailure(
      round: Int(round), code: try Message.text(code, limit: WireLimits.nameByteCount),
      reason: try Message.text(reason))
  }
}

extension Tributary_V1_Fetch {
  func checked() throws -> Fetch {
    guard (1...WireLimits.rangeCount).contains(ranges.count) else {
      throw Message.malformed("a Fetch of \(ranges.count) ranges")
    }
    var total = 0
    let checked = try ranges.map { range in
      let offset = try Message.count(range.offset, limit: WireLimits.blobByteCount)
      let length = try Message.count(range.length, limit: WireLimits.chunkByteCount)
      guard length > 0 else { throw Message.malformed("an empty range") }
      total += length
      return BlobRange(digest: try Message.digest(range.digest), offset: offset, length: length)
    }
    guard total <= WireLimits.chunkByteCount else {
      throw Message.malformed("a Fetch of \(total) bytes")
    }
    return Fetch(request: request, ranges: checked)
  }
}

extension Tributary_V1_Chunk {
  func checked(with frames: [Bytes]) throws -> Chunk {
    guard pieces.count == frames.count, missing.count <= WireLimits.rangeCount else {
      throw Message.malformed("\(pieces.count) pieces with \(frames.count) raw frames")
    }
    guard frames.reduce(0, { $0 + $1.count }) <= WireLimits.chunkByteCount else {
      throw Message.malformed("a Chunk over \(WireLimits.chunkByteCount) bytes")
    }
    return Chunk(
      request: request,
      pieces: try zip(pieces, frames).map { piece, bytes in
        let total = try Message.count(piece.total, limit: WireLimits.blobByteCount)
        let offset = try Message.count(piece.offset, limit: WireLimits.blobByteCount)
        guard bytes.count > 0, offset + bytes.count <= total else {
          throw Message.malformed("a piece outside its blob")
        }
        return Chunk.Piece(
          digest: try Message.digest(piece.digest), offset: offset, total: total, bytes: bytes)
      }, missing: try missing.map(Message.digest))
  }
}

extension Tributary_V1_Task {
  fileprivate func checkedPurpose() throws -> TrainTask.Purpose {
    switch purpose {
    case .train: .train
    case .evaluate: .evaluate
    case .UNRECOGNIZED: throw Message.malformed("a task of an unknown purpose")
    }
  }
}

extension Tributary_V1_Ended {
  func checked() throws -> RunOutcome {
    switch outcome {
    case .completed:
      .completed(rounds: Int(rounds), digest: try Message.digest(digest))
    case .failed: .failed(reason: try Message.text(reason))
    case .interrupted: .interrupted
    case .unspecified, .UNRECOGNIZED: throw Message.malformed("an unknown outcome")
    }
  }
}

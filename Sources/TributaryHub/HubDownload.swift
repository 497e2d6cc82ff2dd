internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import TributaryCore
internal import TributaryStorage

/// One file on its way: goes on where an earlier try ended, and is verified before it gets its name.
struct HubDownload {
  let file: String
  /// Below the endpoint, escaped.
  let path: String
  let identity: HubFile
  let client: HubClient
  let errors: HubErrors
  let retry: HubRetry
  /// Told how many bytes are there.
  let report: @Sendable (Int) -> Void

  /// - Throws: `hub.hash` where the content is not what the hub says it is; `file.full`.
  func run(into partial: PartialFile, place: String) async throws {
    // An earlier try may have left another file's beginning; what begins here is given no second chance.
    var isFresh = partial.count == 0
    while true {
      try checkSpace(partial)
      try await receive(into: partial)
      if identity.isWhole(try FileMapping.bytes(of: partial.path)) {
        return try partial.place(at: place)
      }
      try partial.clear()
      guard !isFresh else { break }
      isFresh = true
    }
    throw TributaryError(
      "hub.hash", "\(file) is not what the hub says it is: its hash is another",
      advice: "try again; if it stays so, what lies between is changing it")
  }

  private func checkSpace(_ partial: PartialFile) throws {
    let folder = DurableFile.parent(of: partial.path)
    let missing = identity.byteCount - partial.count
    guard let free = DurableFile.freeBytes(in: folder), free < missing else { return }
    throw TributaryError(
      "file.full", "\(file) needs \(missing) bytes more, and \(folder) has room for \(free)",
      advice: "free some space, or name another place by HF_HUB_CACHE")
  }

  /// Fetches what is missing. After a try that brought something the pauses begin anew.
  private func receive(into partial: PartialFile) async throws {
    if partial.count > identity.byteCount { try partial.clear() }
    // Bounds what a server that breaks off after every few bytes can cost.
    for _ in 0..<1000 where partial.count < identity.byteCount {
      let before = partial.count
      try await retry.run {
        do {
          try await receiveOnce(into: partial)
        } catch let failure as HubFailure where failure.mayPass && partial.count > before {
          try await retry.wait(after: failure, at: HubRetry.pauses[0])
        }
      }
    }
    guard partial.count == identity.byteCount else {
      throw TributaryError(
        "hub.network", "\(file) does not come through",
        advice: "what has come stays; the next pull goes on from there")
    }
  }

  private func receiveOnce(into partial: PartialFile) async throws {
    let answer = try await client.request(.GET, path, from: partial.count)
    if answer.status == 416 {
      try partial.clear()
      throw TributaryError("hub.hash", "\(file) is shorter than the hub says")
    }
    try errors.check(answer, file: file)
    // A server that does not know ranges sends everything.
    if partial.count > 0, !Self.begins(answer, at: partial.count) { try partial.clear() }
    var chunks = answer.body.makeAsyncIterator()
    while let buffer = try await next(&chunks) {
      guard partial.count + buffer.readableBytes <= identity.byteCount else {
        try partial.clear()
        throw TributaryError("hub.hash", "\(file) is longer than the hub says")
      }
      try buffer.withUnsafeReadableBytes { try partial.append($0) }
      report(partial.count)
    }
    guard partial.count == identity.byteCount else {
      throw HubFailure(
        TributaryError("hub.network", "\(file) ended too early", advice: "try again"),
        mayPass: true)
    }
  }

  private func next(
    _ chunks: inout HubClient.Chunks
  ) async throws -> ByteBuffer? {
    do {
      return try await chunks.next()
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      throw HubFailure(error, host: errors.settings.endpoint)
    }
  }

  private static func begins(_ answer: HubClient.Answer, at offset: Int) -> Bool {
    answer.status == 206
      && answer.headers.first(name: "Content-Range")?.hasPrefix("bytes \(offset)-") == true
  }
}

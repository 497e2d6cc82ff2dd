internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import TributaryCore
internal import TributaryStorage

/// One file on its way: goes on where an earlier try ended, and is verified before it gets its name.
struct HubDownload {
  let file: String
  let path: String
  let identity: HubFile
  let client: HubClient
  let pull: HubPull

  /// - Throws: `hub.hash` where the content is not what the hub says it is.
  func run(into partial: PartialFile, place: String) async throws {
    let resumed = partial.count > 0
    try await receive(into: partial)
    if try isWhole(place) { return try partial.place(at: place) }
    try partial.clear()
    // An earlier try may have left the wrong beginning.
    if resumed {
      try await receive(into: partial)
      if try isWhole(place) { return try partial.place(at: place) }
      try partial.clear()
    }
    throw TributaryError(
      "hub.hash", "\(file) is not what the hub says it is: its hash is another",
      advice: "try again; if it stays so, what lies between is changing it")
  }

  private func isWhole(_ place: String) throws -> Bool {
    identity.isWhole(try FileMapping.bytes(of: "\(place).incomplete"))
  }

  /// Fetches what is missing. A try that brought something does not count as a failed one.
  private func receive(into partial: PartialFile) async throws {
    if partial.count > identity.byteCount { try partial.clear() }
    for _ in 0..<1000 where partial.count < identity.byteCount {
      let before = partial.count
      do {
        try await pull.retrying { try await receiveOnce(into: partial, noRetryAfter: before) }
      } catch is Progressed {
        continue
      }
    }
    guard partial.count == identity.byteCount else {
      throw TributaryError(
        "hub.network", "\(file) does not come through",
        advice: "what has come stays; the next pull goes on from there")
    }
  }

  /// Thrown where the connection broke after it had brought something.
  private struct Progressed: Error {}

  private func receiveOnce(into partial: PartialFile, noRetryAfter before: Int) async throws {
    do {
      let answer = try await client.request(.GET, path, from: partial.count)
      if answer.status == 416 { return try partial.clear() }
      try pull.check(answer, file: file)
      // A server that does not know ranges sends everything.
      if partial.count > 0, !Self.begins(answer, at: partial.count) { try partial.clear() }
      for try await buffer in answer.body {
        try buffer.withUnsafeReadableBytes { try partial.append($0) }
        guard partial.count <= identity.byteCount else {
          try partial.clear()
          throw TributaryError("hub.hash", "\(file) is longer than the hub says")
        }
        pull.report(.receiving(file: file, bytes: partial.count, of: identity.byteCount))
      }
      guard partial.count == identity.byteCount else {
        throw TributaryError("hub.network", "\(file) ended too early")
      }
    } catch {
      let failure = error as? TributaryError
      if failure == nil, error is CancellationError { throw error }
      let named = failure ?? HubClient.networkError(error, host: pull.settings.endpoint)
      if HubPull.mayPass(named), partial.count > before { throw Progressed() }
      throw named
    }
  }

  private static func begins(_ answer: HubClient.Answer, at offset: Int) -> Bool {
    answer.status == 206
      && answer.headers.first(name: "Content-Range")?.hasPrefix("bytes \(offset)-") == true
  }
}

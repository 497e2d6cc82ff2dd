internal import AsyncHTTPClient
internal import Dispatch
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
public import TributaryCore
internal import TributaryStorage

/// Fetches a model into the cache that all of Hugging Face's tools share.
///
/// Every file is verified by its hash before it gets its name, partial ones are gone on with, and whatever
/// is killed leaves nothing that looks whole. Pulls of one model at a time wait for each other file by file.
public struct HubPull: Sendable {
  public let repository: HubRepository
  public let settings: HubSettings
  /// A branch, a tag or a commit.
  public var revision = "main"
  /// Shell patterns; empty: the files that a model is loaded from.
  public var include: [String] = []
  /// Sent with each request.
  public var userAgent = "tributary"
  /// Told what has come.
  public var report: @Sendable (Progress) -> Void = { _ in }

  public enum Progress: Sendable {
    case receiving(file: String, bytes: Int, of: Int)
    /// - Parameter isCached: whether it was there already.
    case completed(file: String, bytes: Int, isCached: Bool)
    /// Another process fetches the file.
    case waiting(file: String)
    case retrying(reason: TributaryError, seconds: Double)
  }

  /// A model in the cache.
  public struct Pulled: Sendable {
    /// The snapshot's folder.
    public var path: String
    public var commit: String
    public var files: [String]
  }

  public init(_ repository: HubRepository, settings: HubSettings) {
    self.repository = repository
    self.settings = settings
  }

  /// - Throws: `hub.*`, `file.full`, `file.write`; `CancellationError`.
  public func run() async throws -> Pulled {
    try HubReference.check(revision: revision)
    if settings.isOffline { return try cached() }
    return try await HubClient.run(settings, userAgent: userAgent) { client in
      let listing = try await listing(client)
      let files = HubSelection.files(of: listing.files, matching: include)
      guard !files.isEmpty else {
        throw TributaryError(
          "hub.missing",
          "\(repository) has no file "
            + (include.isEmpty
              ? "that weights could be" : "like \(include.joined(separator: ", "))"))
      }
      for file in files { try await fetch(file, of: listing.commit, client) }
      // Last: whoever finds the revision finds it whole.
      try cache.remember(revision, is: listing.commit)
      return Pulled(path: cache.snapshot(listing.commit), commit: listing.commit, files: files)
    }
  }

  var cache: HubCache { HubCache(repository, in: settings.cache) }
  private var errors: HubErrors {
    HubErrors(repository: repository, revision: revision, settings: settings)
  }
  private var retry: HubRetry {
    HubRetry { [report] in report(.retrying(reason: $0, seconds: $1)) }
  }

  private func listing(_ client: HubClient) async throws -> HubListing {
    let path = "/api/models/\(repository)/revision/\(Self.escaped(revision, slash: false))"
    return try await retry.run {
      let answer = try await client.request(.GET, path)
      try errors.check(answer, file: nil)
      let bytes: [UInt8]
      do {
        let buffer = try await answer.body.collect(upTo: 64 << 20)
        bytes = Array(buffer.readableBytesView)
      } catch {
        throw HubFailure(error, host: settings.endpoint)
      }
      return try HubListing(
        Bytes(copying: bytes), revision: revision, endpoint: settings.endpoint)
    }
  }

  private func fetch(_ file: String, of commit: String, _ client: HubClient) async throws {
    let path = "/\(repository)/resolve/\(commit)/\(Self.escaped(file, slash: true))"
    let identity = try await retry.run {
      let answer = try await client.request(.HEAD, path, leaves: false)
      if answer.status >= 400 { try errors.check(answer, file: file) }
      return try HubFile(answer.headers, name: file)
    }
    let blob = cache.blob(identity.hash)
    let isCached = identity.isCached(at: blob)
    if !isCached {
      let lock = try await lock(cache.lock(identity.hash), file: file)
      defer { withExtendedLifetime(lock) {} }
      // Another may have fetched it meanwhile.
      if !identity.isCached(at: blob) {
        try await HubDownload(
          file: file, path: path, identity: identity, client: client, errors: errors, retry: retry
        ) { [report] in report(.receiving(file: file, bytes: $0, of: identity.byteCount)) }
        .run(into: PartialFile(path: "\(blob).incomplete"), place: blob)
      }
    }
    try cache.link(file, of: commit, to: identity.hash)
    report(.completed(file: file, bytes: identity.byteCount, isCached: isCached))
  }

  private func lock(_ path: String, file: String) async throws -> FileLock {
    try DurableFile.createFolder(DurableFile.parent(of: path))
    if let lock = try FileLock(path: path) { return lock }
    report(.waiting(file: file))
    return try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Result { try FileLock(waitingFor: path) })
      }
    }
  }

  static func escaped(_ text: String, slash: Bool) -> String {
    var allowed = CharacterSet.alphanumerics.intersection(
      CharacterSet(charactersIn: "\0"..."\u{7f}"))
    allowed.insert(charactersIn: slash ? "-._~/" : "-._~")
    return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? text
  }
}

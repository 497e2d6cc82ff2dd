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
    case waiting(file: String)
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
    guard HubPath.isInside(revision) else {
      throw TributaryError("hub.revision", "\"\(revision.prefix(80))\" is not a revision")
    }
    let cache = HubCache(repository, in: settings.cache)
    if settings.isOffline { return try cached(cache) }
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
      for file in files { try await fetch(file, of: listing.commit, client, cache) }
      // Last: whoever finds the revision finds it whole.
      try cache.remember(revision, is: listing.commit)
      return Pulled(path: cache.snapshot(listing.commit), commit: listing.commit, files: files)
    }
  }

  private func cached(_ cache: HubCache) throws -> Pulled {
    guard let commit = cache.commit(of: revision) else {
      throw TributaryError(
        "hub.offline", "\(repository) at \(revision) is not in \(settings.cache)",
        advice: "HF_HUB_OFFLINE keeps us from fetching it; unset it once")
    }
    let path = cache.snapshot(commit)
    let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    let files = names.sorted().filter { DurableFile.linkTarget("\(path)/\($0)") != nil }
    let wanted = HubSelection.files(of: files, matching: include)
    if let missing = wanted.first(where: { !DurableFile.exists("\(path)/\($0)") })
      ?? (wanted.isEmpty ? "the files" : nil)
    {
      throw TributaryError(
        "hub.offline", "\(path) does not hold \(missing)",
        advice: "HF_HUB_OFFLINE keeps us from fetching it; unset it once")
    }
    return Pulled(path: path, commit: commit, files: wanted)
  }

  private func listing(_ client: HubClient) async throws -> HubListing {
    let path = "/api/models/\(repository)/revision/\(Self.escaped(revision, slash: false))"
    return try await retrying {
      let answer = try await client.request(.GET, path)
      try check(answer, file: nil)
      do {
        var buffer = try await answer.body.collect(upTo: 64 << 20)
        let bytes = buffer.readBytes(length: buffer.readableBytes) ?? []
        return try HubListing(Bytes(copying: bytes), endpoint: settings.endpoint)
      } catch let error as TributaryError {
        throw error
      } catch {
        throw HubClient.networkError(error, host: settings.endpoint)
      }
    }
  }

  private func fetch(
    _ file: String, of commit: String, _ client: HubClient, _ cache: HubCache
  ) async throws {
    let path = "/\(repository)/resolve/\(commit)/\(Self.escaped(file, slash: true))"
    let identity = try await retrying {
      let answer = try await client.request(.HEAD, path, follows: false)
      if answer.status >= 400 { try check(answer, file: file) }
      return try HubFile(answer.first, name: file)
    }
    let blob = cache.blob(identity.hash)
    let isCached = DurableFile.exists(blob)
    if !isCached {
      let lock = try await lock(cache.lock(identity.hash), file: file)
      defer { withExtendedLifetime(lock) {} }
      // Another may have fetched it meanwhile.
      if !DurableFile.exists(blob) {
        let partial = try PartialFile(path: "\(blob).incomplete")
        try await HubDownload(
          file: file, path: path, identity: identity, client: client, pull: self
        )
        .run(into: partial, place: blob)
      }
    }
    try cache.link(file, of: commit, to: identity.hash)
    report(.completed(file: file, bytes: identity.byteCount, isCached: isCached))
  }

  private func lock(_ path: String, file: String) async throws -> FileLock {
    try DurableFile.createFolder((path as NSString).deletingLastPathComponent)
    if let lock = try FileLock(path: path) { return lock }
    report(.waiting(file: file))
    return try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Result { try FileLock(waitingFor: path) })
      }
    }
  }

  func check(_ answer: HubClient.Answer, file: String?) throws {
    guard !(200..<300).contains(answer.status) else { return }
    throw HubErrors.refusal(
      answer.status, code: answer.headers.first(name: "X-Error-Code"), repository: repository,
      revision: revision, file: file, settings: settings)
  }

  /// Tries again, after a while, what the network or the hub's state kept from working.
  func retrying<Result>(_ body: () async throws -> Result) async throws -> Result {
    var pause = Duration.milliseconds(300)
    for _ in 0..<4 {
      do {
        return try await body()
      } catch let error as TributaryError where Self.mayPass(error) {
        try await Task.sleep(for: pause)
        pause *= 3
      }
    }
    return try await body()
  }

  static func mayPass(_ error: TributaryError) -> Bool {
    ["hub.network", "hub.server"].contains(error.code)
  }

  static func escaped(_ text: String, slash: Bool) -> String {
    var allowed = CharacterSet.alphanumerics.intersection(
      CharacterSet(charactersIn: "\0"..."\u{7f}"))
    allowed.insert(charactersIn: slash ? "-._~/" : "-._~")
    return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? text
  }
}

internal import NIOHTTP1
internal import TributaryCore
internal import TributaryStorage

/// A file's identity, as a hub's headers tell it.
struct HubFile: Equatable {
  /// SHA-256 (64 digits) for large files, Git's SHA-1 (40 digits) for others: the blob's name in the cache.
  let hash: String
  let byteCount: Int

  /// - Parameter headers: of the hub itself, which say what is elsewhere, too.
  /// - Throws: `hub.answer` where they do not tell hash or length.
  init(_ headers: HTTPHeaders, name: String) throws {
    let tag = headers.first(name: "X-Linked-Etag") ?? headers.first(name: "ETag") ?? ""
    let hash = (tag.hasPrefix("W/") ? String(tag.dropFirst(2)) : tag)
      .filter { $0 != "\"" }.lowercased()
    let length = headers.first(name: "X-Linked-Size") ?? headers.first(name: "Content-Length")
    guard HubPath.isHexadecimal(hash, digits: 64) || HubPath.isHexadecimal(hash, digits: 40),
      let byteCount = length.flatMap({ Int($0) }), byteCount >= 0
    else {
      throw TributaryError(
        "hub.answer", "\(name): the hub does not say which hash and length it has",
        advice: "without a hash it cannot be verified; check HF_ENDPOINT")
    }
    self.hash = hash
    self.byteCount = byteCount
  }

  /// Whether a file at `path` has the length; its name says the hash that it had when it got it.
  func isCached(at path: String) -> Bool { DurableFile.byteCount(of: path) == byteCount }

  /// Whether `bytes` are this file's.
  func isWhole(_ bytes: Bytes) -> Bool {
    guard bytes.count == byteCount else { return false }
    return hash.count == 64 ? Digest(of: bytes).hex == hash : GitBlobDigest.hex(of: bytes) == hash
  }
}

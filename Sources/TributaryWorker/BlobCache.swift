internal import Glibc
internal import TributaryCore
internal import TributaryStorage
internal import TributaryWire

/// Blobs on disk by digest, verified whenever they are read.
///
/// A file that does not match its name is removed. The oldest go first when the folder grows over its
/// limit.
struct BlobCache: Sendable {
  private let folder: String
  private let byteLimit: Int

  /// - Throws: `cache.folder` where the folder cannot be made.
  init(folder: String, byteLimit: Int = 16 << 30) throws {
    self.folder = folder
    self.byteLimit = byteLimit
    do {
      try DurableFile.createFolder(folder)
    } catch {
      throw TributaryError("cache.folder", "\(folder) cannot hold the cache", cause: error)
    }
  }

  /// The blob, mapped from its file, or nil where the cache lacks it.
  func read(_ blob: BlobSize) -> Bytes? {
    let path = path(blob.digest)
    guard let bytes = try? FileMapping.bytes(of: path) else { return nil }
    guard bytes.count == blob.byteCount, bytes.count > 0, Digest(of: bytes) == blob.digest else {
      DurableFile.remove(path)
      return nil
    }
    // The access counts as use: the oldest are removed first.
    utimensat(AT_FDCWD, path, nil, 0)
    return bytes
  }

  /// Keeps `bytes`, whose digest was verified; nothing where they are kept already.
  func write(_ bytes: Bytes, digest: Digest) throws {
    let path = path(digest)
    guard bytes.count > 0, !DurableFile.exists(path) else { return }
    removeOldest(toFit: bytes.count)
    try DurableFile.write(bytes, to: path)
  }

  private func path(_ digest: Digest) -> String { "\(folder)/\(digest.hex)" }

  private func removeOldest(toFit count: Int) {
    var files: [(path: String, size: Int, seconds: Int)] = []
    for name in DurableFile.names(in: folder) {
      var status = stat()
      // By its beginning: a file that a crash left half-written goes like the others.
      guard Digest(hex: String(name.prefix(64))) != nil, stat("\(folder)/\(name)", &status) == 0
      else { continue }
      files.append(("\(folder)/\(name)", Int(status.st_size), status.st_mtim.tv_sec))
    }
    var total = files.reduce(count) { $0 + $1.size }
    for file in files.sorted(by: { $0.seconds < $1.seconds }) where total > byteLimit {
      DurableFile.remove(file.path)
      total -= file.size
    }
  }
}

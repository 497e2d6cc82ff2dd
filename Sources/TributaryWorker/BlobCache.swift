internal import Glibc
internal import TributaryCore
internal import TributaryWire

/// Blobs on disk by digest, verified whenever they are read.
///
/// A file is written beside its place, synced and renamed, so that a crash leaves either nothing or
/// the whole; one that does not match its name is removed. The oldest go first when the folder grows
/// over its limit.
struct BlobCache: Sendable {
  private let folder: String
  private let byteLimit: Int

  /// - Throws: `cache.folder` where the folder cannot be made.
  init(folder: String, byteLimit: Int = 16 << 30) throws {
    self.folder = folder
    self.byteLimit = byteLimit
    guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
      throw Self.failure("make cache folder", folder)
    }
  }

  /// The blob, mapped from its file, or nil where the cache lacks it.
  func read(_ blob: BlobSize) -> Bytes? {
    let path = path(blob.digest)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, Int(status.st_size) == blob.byteCount,
      blob.byteCount > 0,
      let mapping = FileMapping(descriptor: descriptor, count: blob.byteCount)
    else {
      unlink(path)
      return nil
    }
    let bytes = mapping.bytes
    guard Digest(of: bytes) == blob.digest else {
      unlink(path)
      return nil
    }
    // The access counts as use: the oldest are removed first.
    futimens(descriptor, nil)
    return bytes
  }

  /// Keeps `bytes`, whose digest was verified; nothing where they are kept already.
  func write(_ bytes: Bytes, digest: Digest) throws {
    let path = path(digest)
    guard bytes.count > 0, access(path, F_OK) != 0 else { return }
    removeOldest(toFit: bytes.count)
    let temporary = "\(path).\(getpid()).partial"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Self.failure("write", temporary) }
    defer { close(descriptor) }
    let isWritten = bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        guard let base = buffer.baseAddress else { return false }
        let count = Glibc.write(descriptor, base + offset, buffer.count - offset)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return false }
        offset += count
      }
      return true
    }
    guard isWritten, fsync(descriptor) == 0, rename(temporary, path) == 0 else {
      let error = Self.failure("write", temporary)
      unlink(temporary)
      throw error
    }
  }

  private func path(_ digest: Digest) -> String { "\(folder)/\(digest.hex)" }

  private func removeOldest(toFit count: Int) {
    guard let directory = opendir(folder) else { return }
    defer { closedir(directory) }
    var files: [(path: String, size: Int, seconds: Int)] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      var status = stat()
      guard Digest(hex: name) != nil, stat("\(folder)/\(name)", &status) == 0 else { continue }
      files.append(("\(folder)/\(name)", Int(status.st_size), status.st_mtim.tv_sec))
    }
    var total = files.reduce(count) { $0 + $1.size }
    for file in files.sorted(by: { $0.seconds < $1.seconds }) where total > byteLimit {
      unlink(file.path)
      total -= file.size
    }
  }

  private static func failure(_ action: String, _ path: String) -> TributaryError {
    let reason = String(cString: strerror(errno)).lowercased()
    return TributaryError("cache.folder", "cannot \(action) \(path): \(reason)")
  }
}

/// A file's bytes in memory, read when they are touched; unmapped when released.
private final class FileMapping {
  private let buffer: UnsafeRawBufferPointer

  init?(descriptor: Int32, count: Int) {
    guard let base = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED
    else { return nil }
    buffer = UnsafeRawBufferPointer(start: base, count: count)
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: buffer.baseAddress), buffer.count) }

  var bytes: Bytes { Bytes(owner: self, buffer: buffer) }
}

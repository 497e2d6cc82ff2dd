internal import Foundation
internal import TributaryCore

/// Replaces a folder's contents as one step.
struct ShardFolder {
  let path: String

  func replace(with files: [(name: String, bytes: Bytes)]) throws {
    let manager = FileManager.default
    let isThere = manager.fileExists(atPath: path)
    if isThere, !Shard.isShard(path),
      (try? manager.contentsOfDirectory(atPath: path))?.isEmpty != true
    {
      throw failure("is there already and is no shard", advice: "choose another folder")
    }
    let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let name = URL(fileURLWithPath: path).lastPathComponent
    let process = ProcessInfo.processInfo.processIdentifier
    let fresh = "\(parent)/.\(name).new-\(process)"
    let old = "\(parent)/.\(name).old-\(process)"
    do {
      try? manager.removeItem(atPath: fresh)
      try manager.createDirectory(atPath: fresh, withIntermediateDirectories: true)
      for file in files { try write(file.bytes, to: "\(fresh)/\(file.name)") }
      try synchronize(fresh)
      if isThere { try manager.moveItem(atPath: path, toPath: old) }
      try manager.moveItem(atPath: fresh, toPath: path)
      try synchronize(parent)
      if isThere { try manager.removeItem(atPath: old) }
    } catch let error as TributaryError {
      try? manager.removeItem(atPath: fresh)
      throw error
    } catch {
      try? manager.removeItem(atPath: fresh)
      throw failure(
        "cannot be written", advice: "check that \(parent) is a folder you may write to")
    }
  }

  private func write(_ bytes: Bytes, to file: String) throws {
    let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw systemFailure() }
    defer { close(descriptor) }
    try bytes.withUnsafeBytes { source in
      var position = 0
      while position < source.count {
        let written = Foundation.write(
          descriptor, source.baseAddress.map { $0 + position }, source.count - position)
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { throw systemFailure() }
        position += written
      }
    }
    guard fsync(descriptor) == 0 else { throw systemFailure() }
  }

  /// Makes names in a folder durable.
  private func synchronize(_ folder: String) throws {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw systemFailure() }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw systemFailure() }
  }

  private func systemFailure() -> TributaryError {
    failure("cannot be written: \(String(cString: strerror(errno)))")
  }

  private func failure(_ reason: String, advice: String? = nil) -> TributaryError {
    TributaryError("data.shard", "\(path): \(reason)", advice: advice)
  }
}

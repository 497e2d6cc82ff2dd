internal import Glibc
internal import TributaryCore

/// Files that are whole or not there, whenever the machine stops.
enum DurableFile {
  /// Writes `bytes` to `folder/name`: temporary file, fsync, rename, fsync of the folder.
  static func write(_ bytes: Bytes, name: String, in folder: String) throws {
    let path = folder + "/" + name
    let temporary = path + ".part"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure("cannot write \(temporary)") }
    do {
      defer { close(descriptor) }
      try writeAll(bytes, to: descriptor, path: temporary)
      guard fsync(descriptor) == 0 else { throw failure("cannot write \(temporary) to disk") }
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, path) == 0 else { throw failure("cannot put \(path) in its place") }
    try syncFolder(folder)
  }

  /// The whole file. Memory of its own: the file may go while the bytes live.
  static func read(_ path: String) throws -> Bytes {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("cannot read \(path)") }
    defer { close(descriptor) }
    let size = Int(lseek(descriptor, 0, SEEK_END))
    guard size >= 0 else { throw failure("cannot read \(path)") }
    return try Bytes(count: size) { buffer in
      var offset = 0
      while offset < size {
        let got = pread(descriptor, buffer.baseAddress! + offset, size - offset, off_t(offset))
        if got < 0 && errno == EINTR { continue }
        guard got > 0 else { throw failure("cannot read \(path)") }
        offset += got
      }
    }
  }

  static func createFolder(_ path: String) throws {
    var parents = [path]
    while let last = parents.last, let slash = last.lastIndex(of: "/"), slash != last.startIndex {
      parents.append(String(last[..<slash]))
    }
    for folder in parents.reversed() where !folder.isEmpty && !exists(folder) {
      guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
        throw failure("cannot make the folder \(folder)")
      }
    }
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw TributaryError("directory.notFolder", "\(path) is not a folder")
    }
  }

  static func syncFolder(_ folder: String) throws {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("cannot open the folder \(folder)") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("cannot write the folder \(folder) to disk") }
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func remove(_ path: String) { unlink(path) }

  /// The names in a folder, sorted; none where it is not there.
  static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafeBytes(of: entry.pointee.d_name) { raw in
          String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    return names.filter { $0 != "." && $0 != ".." }.sorted()
  }

  static func writeAll(_ bytes: Bytes, to descriptor: Int32, path: String) throws {
    try bytes.withUnsafeBytes { raw in
      var offset = 0
      while offset < raw.count {
        let count = Glibc.write(descriptor, raw.baseAddress! + offset, raw.count - offset)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { throw failure("cannot write \(path)") }
        offset += count
      }
    }
  }

  static func failure(_ what: String) -> TributaryError {
    TributaryError("file.io", "\(what): \(String(cString: strerror(errno)))")
  }
}

internal import Glibc

extension OpenFile {
  /// Fills `target` with the bytes from `offset` on, wherever the file stands.
  ///
  /// - Throws: `file.open`.
  func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws {
    var done = 0
    while done < target.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: target[done...])
      let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw SystemFailure.last("cannot read", path, code: "file.open") }
      done += count
    }
  }
}

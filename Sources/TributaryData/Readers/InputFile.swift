internal import CZlib
internal import Foundation
internal import TributaryCore

/// A file read from its beginning, decompressed on the way where it is gzip.
final class InputFile {
  let path: String
  /// No more bytes than this can come out of the file: its size, or what deflate can pack in it.
  let byteLimit: Int
  private let file: gzFile

  /// Deflate packs at most 1032 bytes in one.
  private static let deflateLimit = 1032

  init(_ path: String) throws {
    self.path = path
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw TributaryError("data.file", "\(path): no such file", advice: "check the path")
    }
    guard !isFolder.boolValue else {
      throw TributaryError("data.file", "\(path): is a folder, not a file")
    }
    guard let file = gzopen(path, "rb") else {
      throw TributaryError("data.file", "\(path): cannot be opened for reading")
    }
    self.file = file
    gzbuffer(file, 1 << 17)
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let size = (attributes?[.size] as? NSNumber)?.intValue ?? 0
    byteLimit = gzdirect(file) == 1 ? size : size * Self.deflateLimit
  }

  deinit { gzclose(file) }

  /// The next bytes, as many as there are up to the size of `target`; 0 at the end.
  func read(into target: UnsafeMutableRawBufferPointer) throws -> Int {
    var filled = 0
    while filled < target.count {
      let wanted = UInt32(min(target.count - filled, 1 << 30))
      let count = gzread(file, target.baseAddress.map { $0 + filled }, wanted)
      if count < 0 { throw broken() }
      if count == 0 { break }
      filled += Int(count)
    }
    if filled < target.count {
      // At the end zlib tells whether the compressed stream was complete.
      var code: Int32 = 0
      gzerror(file, &code)
      if code != Z_OK && code != Z_STREAM_END { throw broken() }
    }
    return filled
  }

  /// Exactly `count` bytes, or nil where the file ends before.
  func read(count: Int) throws -> Bytes? {
    guard count <= byteLimit else { return nil }
    var filled = 0
    let bytes = try Bytes(count: count) { filled = try read(into: $0) }
    return filled == count ? bytes : nil
  }

  /// Whether nothing is left.
  func isAtEnd() throws -> Bool {
    try withUnsafeTemporaryAllocation(byteCount: 1, alignment: 1) { try read(into: $0) == 0 }
  }

  /// All bytes that are left.
  func readAll() throws -> Bytes {
    var pieces: [Bytes] = []
    var pieceSize = 1 << 18
    while true {
      var filled = 0
      let piece = try Bytes(count: pieceSize) { filled = try read(into: $0) }
      pieces.append(piece[0..<filled])
      if filled < pieceSize { break }
      pieceSize = min(pieceSize * 2, 1 << 28)
    }
    if pieces.count == 1 { return pieces[0] }
    return Bytes(count: pieces.reduce(0) { $0 + $1.count }) { target in
      var position = 0
      for piece in pieces {
        piece.withUnsafeBytes { source in
          UnsafeMutableRawBufferPointer(rebasing: target[position...]).copyMemory(from: source)
        }
        position += piece.count
      }
    }
  }

  private func broken() -> TributaryError {
    var code: Int32 = 0
    let reason = gzerror(file, &code).map { String(cString: $0) } ?? "read error \(code)"
    // zlib begins its reasons with the path.
    let text = reason.hasPrefix(path + ": ") ? String(reason.dropFirst(path.count + 2)) : reason
    return TributaryError("data.file", "\(path): cannot be read: \(text)")
  }
}

import Foundation
import Testing
import TributaryCore
import TributaryWire

@testable import TributaryWorker

@Suite final class BlobCacheTests {
  let folder = FileManager.default.temporaryDirectory.path + "/blobs-" + UUID().uuidString
  let bytes = Bytes(copying: (0..<5000).map { UInt8(truncatingIfNeeded: $0) })
  var size: BlobSize { BlobSize(digest: Digest(of: bytes), byteCount: bytes.count) }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  @Test func whatIsWrittenIsReadByAnotherProcess() throws {
    try BlobCache(folder: folder).write(bytes, digest: size.digest)
    #expect(try BlobCache(folder: folder).read(size) == bytes)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [size.digest.hex])
  }

  @Test func aDamagedFileIsRemoved() throws {
    let cache = try BlobCache(folder: folder)
    try cache.write(bytes, digest: size.digest)
    let path = folder + "/" + size.digest.hex
    for damaged in [Data(count: 5000), Data(count: 10), Data()] {
      try damaged.write(to: URL(fileURLWithPath: path))
      #expect(cache.read(size) == nil)
      #expect(!FileManager.default.fileExists(atPath: path))
    }
    try cache.write(bytes, digest: size.digest)
    #expect(cache.read(size) == bytes)
  }

  @Test func theOldestGoWhenTheFolderIsFull() throws {
    let cache = try BlobCache(folder: folder, byteLimit: 12_000)
    for value in 0..<4 {
      let other = Bytes(copying: [UInt8](repeating: UInt8(value), count: 4000))
      let digest = Digest(of: other)
      try cache.write(other, digest: digest)
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: Double(1000 + value))],
        ofItemAtPath: folder + "/" + digest.hex)
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(left.count == 3)
    let first = Digest(of: Bytes(copying: [UInt8](repeating: 0, count: 4000)))
    #expect(!left.contains(first.hex))
  }

  @Test func aFolderThatCannotBeIsNamed() {
    let error = #expect(throws: TributaryError.self) { try BlobCache(folder: "/proc/none/x") }
    #expect(error?.code == "cache.folder")
  }
}

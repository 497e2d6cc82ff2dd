import Foundation
import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryStorage

@Suite struct DurableFileTests {
  private let folder = TemporaryFolder()
  private let bytes = Bytes(copying: (0..<100_000).map { UInt8(truncatingIfNeeded: $0) })

  private func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? NSNumber).intValue
  }

  @Test func replacesAFileWhole() throws {
    for text in ["first, longer", "second"] {
      try DurableFile.write(Bytes(copying: Array(text.utf8)), to: folder("a/b/file"))
      #expect(try String(contentsOfFile: folder("a/b/file"), encoding: .utf8) == text)
    }
    #expect(DurableFile.names(in: folder("a/b")) == ["file"])
  }

  @Test func readsWhatItWrote() throws {
    try DurableFile.write(bytes, to: folder("a"))
    #expect(try DurableFile.read(folder("a")) == bytes)
    try DurableFile.write(.empty, to: folder("a"))
    #expect(try DurableFile.read(folder("a")) == .empty)
    let error = #expect(throws: TributaryError.self) { try DurableFile.read(folder("none")) }
    #expect(error?.code == "file.open")
  }

  @Test func keepsAFileThatIsNotToBeReplaced() throws {
    try DurableFile.write(bytes, to: folder("key"), mode: 0o600, replacing: false)
    #expect(try mode(folder("key")) == 0o600)
    let error = #expect(throws: TributaryError.self) {
      try DurableFile.write(.empty, to: folder("key"), replacing: false)
    }
    #expect(error?.code == "file.write")
    #expect(try DurableFile.read(folder("key")) == bytes)
    #expect(DurableFile.names(in: folder.path) == ["key"])
  }

  @Test func saysThatTheDiskIsFull() throws {
    // /dev/full takes no byte.
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    let file = try OpenFile("/dev/full", flags: O_WRONLY)
    let error = #expect(throws: TributaryError.self) { try file.write(bytes) }
    #expect(error?.code == "file.full" && error?.advice != nil)
  }

  @Test func leavesNothingBehindWhereItFails() throws {
    try DurableFile.createFolder(folder("target/inside"))
    #expect(throws: TributaryError.self) { try DurableFile.write(bytes, to: folder("target")) }
    #expect(DurableFile.names(in: folder.path) == ["target"])
    #expect(throws: TributaryError.self) { try DurableFile.write(bytes, to: "/proc/none/file") }
  }

  @Test func manyWritersOfOneFileLeaveOneWhole() async throws {
    let path = folder("shared")
    let sizes = [1_000, 50_000, 200_000, 3]
    await withTaskGroup(of: Void.self) { group in
      for size in sizes {
        group.addTask {
          for _ in 0..<10 {
            try? DurableFile.write(
              Bytes(copying: [UInt8](repeating: UInt8(size % 251), count: size)), to: path)
          }
        }
      }
    }
    let found = try DurableFile.read(path).array(of: UInt8.self)
    #expect(sizes.contains(found.count))
    #expect(found.allSatisfy { $0 == UInt8(found.count % 251) })
    #expect(DurableFile.names(in: folder.path) == ["shared"])
  }
}

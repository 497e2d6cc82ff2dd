import Foundation
import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryModels

@Suite struct DurableFileTests {
  @Test func replacesAFileWhole() throws {
    let folder = TemporaryFolder()
    for text in ["first, longer", "second"] {
      try DurableFile.write(Bytes(copying: Array(text.utf8)), to: folder("a/b/file"))
      #expect(try String(contentsOfFile: folder("a/b/file"), encoding: .utf8) == text)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder("a/b")) == ["file"])
  }

  @Test func saysThatTheDiskIsFull() throws {
    // /dev/full takes no byte; renaming over it is never reached.
    guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
    let error = #expect(throws: TributaryError.self) {
      try DurableFile.writeAndSync(Bytes(copying: [1, 2, 3] as [UInt8]), to: "/dev/full", flags: 0)
    }
    #expect(error?.code == "file.full")
  }

  @Test func leavesNothingBehindWhereItFails() throws {
    let folder = TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder("target/inside"), withIntermediateDirectories: true)
    #expect(throws: TributaryError.self) {
      try DurableFile.write(Bytes(copying: [1] as [UInt8]), to: folder("target"))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["target"])
    #expect(throws: TributaryError.self) {
      try DurableFile.write(Bytes(copying: [1] as [UInt8]), to: "/proc/none/file")
    }
  }
}

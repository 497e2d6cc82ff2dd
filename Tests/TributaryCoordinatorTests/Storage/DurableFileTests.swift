import Foundation
import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryCoordinator

@Suite struct DurableFileTests {
  private let folder = TemporaryFolder()

  @Test func writesWholeFilesOrNone() throws {
    let bytes = Bytes(copying: (0..<100_000).map { UInt8(truncatingIfNeeded: $0) })
    try DurableFile.write(bytes, name: "a", in: folder.path)
    #expect(try DurableFile.read(folder("a")) == bytes)
    #expect(DurableFile.names(in: folder.path) == ["a"])
    #expect(throws: TributaryError.self) {
      try DurableFile.write(bytes, name: "a", in: folder("missing"))
    }
  }

  @Test func makesFoldersAndRefusesFiles() throws {
    try DurableFile.createFolder(folder("x/y/z"))
    try DurableFile.createFolder(folder("x/y/z"))
    try DurableFile.write(.empty, name: "file", in: folder("x"))
    #expect(throws: TributaryError.self) { try DurableFile.createFolder(folder("x/file")) }
    #expect(throws: TributaryError.self) { try DurableFile.createFolder(folder("x/file/y")) }
  }
}

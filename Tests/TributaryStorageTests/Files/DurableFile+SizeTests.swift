import Testing
import TributaryCore
import TributaryStorage
import TributaryTestKit

@Suite struct DurableFileSizeTests {
  @Test func tellsLengthsOfFilesOnly() throws {
    let folder = TemporaryFolder()
    try DurableFile.write(Bytes(copying: [1, 2, 3] as [UInt8]), to: folder("file"))
    try DurableFile.placeLink(folder("link"), to: "file")
    try DurableFile.placeLink(folder("dangling"), to: "none")
    #expect(DurableFile.byteCount(of: folder("file")) == 3)
    #expect(DurableFile.byteCount(of: folder("link")) == 3)
    #expect(DurableFile.byteCount(of: folder("dangling")) == nil)
    #expect(DurableFile.byteCount(of: folder.path) == nil)
  }

  @Test func tellsTheRoomThatIsLeft() throws {
    let folder = TemporaryFolder()
    #expect(try #require(DurableFile.freeBytes(in: folder.path)) > 0)
    #expect(DurableFile.freeBytes(in: folder("none")) == nil)
  }
}

import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryStorage

@Suite struct DurableFileLinkTests {
  @Test func linksAndReplaces() throws {
    let folder = TemporaryFolder()
    try DurableFile.write(Bytes(copying: [7] as [UInt8]), to: folder("blobs/a"))
    try DurableFile.placeLink(folder("snapshots/1/file"), to: "../../blobs/a")
    #expect(try DurableFile.read(folder("snapshots/1/file")).count == 1)
    try DurableFile.placeLink(folder("snapshots/1/file"), to: "../../blobs/b")
    #expect(DurableFile.linkTarget(folder("snapshots/1/file")) == "../../blobs/b")
    #expect(DurableFile.names(in: folder("snapshots/1")) == ["file"])
    #expect(DurableFile.linkTarget(folder("blobs/a")) == nil)
  }
}

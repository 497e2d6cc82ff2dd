import Testing
import TributaryCore
import TributaryStorage
import TributaryTestKit

@testable import TributaryHub

@Suite struct HubCacheTests {
  private let commit = String(repeating: "12", count: 20)
  private let hash = String(repeating: "ab", count: 20)

  @Test func linksAndRemembers() throws {
    let folder = TemporaryFolder()
    let cache = HubCache(try HubRepository("team/model"), in: folder.path)
    #expect(cache.commit(of: "main") == nil)
    #expect(cache.commit(of: commit) == commit)
    try DurableFile.write(Bytes(copying: [5] as [UInt8]), to: cache.blob(hash))
    try cache.link("a/b/c.json", of: commit, to: hash)
    #expect(try DurableFile.read("\(cache.snapshot(commit))/a/b/c.json").count == 1)
    #expect(
      DurableFile.linkTarget("\(cache.snapshot(commit))/a/b/c.json") == "../../../../blobs/\(hash)")
    try cache.remember("refs/pr/1", is: commit)
    #expect(cache.commit(of: "refs/pr/1") == commit)
    #expect(DurableFile.exists("\(folder.path)/models--team--model/refs/refs/pr/1"))
    try DurableFile.write(Bytes(copying: Array("../..".utf8)), to: "\(cache.folder)/refs/bad")
    #expect(cache.commit(of: "bad") == nil)
    #expect(cache.commit(of: "../refs/main") == nil)
  }
}

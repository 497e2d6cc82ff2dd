import NIOHTTP1
import Testing
import TributaryCore

@testable import TributaryHub

@Suite struct HubFileTests {
  private let hello = Bytes(copying: Array("hello\n".utf8))
  private let git = "ce013625030ba8dba906f756967f9e9ca394464a"

  private func file(_ headers: (String, String)...) -> HubFile? {
    try? HubFile(HTTPHeaders(headers), name: "f")
  }

  @Test func verifiesBothKindsOfHash() throws {
    let small = try #require(file(("ETag", "\"\(git)\""), ("Content-Length", "6")))
    #expect(small.isWhole(hello))
    #expect(!small.isWhole(Bytes(copying: Array("hellO\n".utf8))))
    #expect(!small.isWhole(hello[0..<5]))
    let sha = Digest(of: hello).hex
    let large = try #require(
      file(
        ("ETag", "\"cdn\""), ("X-Linked-Etag", "\"\(sha)\""), ("Content-Length", "0"),
        ("X-Linked-Size", "6")))
    #expect(large.hash == sha && large.isWhole(hello))
    #expect(file(("ETag", "W/\"\(git)\""), ("Content-Length", "6")) == small)
  }

  @Test func refusesWhatCannotBeVerified() {
    #expect(file(("ETag", "\"abc\""), ("Content-Length", "6")) == nil)
    #expect(file(("ETag", "\"../../../../etc/\(git)\""), ("Content-Length", "6")) == nil)
    #expect(file(("ETag", "\"\(git)\"")) == nil)
    #expect(file(("ETag", "\"\(git)\""), ("Content-Length", "-1")) == nil)
    #expect(file() == nil)
  }
}

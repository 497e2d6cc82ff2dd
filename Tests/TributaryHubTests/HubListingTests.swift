import Testing
import TributaryCore

@testable import TributaryHub

@Suite struct HubListingTests {
  private let commit = String(repeating: "0a", count: 20)

  private func listing(_ text: String, revision: String = "main") throws -> HubListing {
    try HubListing(Bytes(copying: Array(text.utf8)), revision: revision, endpoint: "https://hub")
  }

  @Test func readsCommitAndFiles() throws {
    let listing = try listing(
      #"{"sha": "\#(commit)", "siblings": [{"rfilename": "a"}, {"rfilename": "b/c.json"}]}"#)
    #expect(listing.commit == commit && listing.files == ["a", "b/c.json"])
  }

  @Test func refusesAnotherCommit() throws {
    let text = #"{"sha": "\#(commit)", "siblings": []}"#
    #expect(try listing(text, revision: commit).commit == commit)
    #expect(throws: TributaryError.self) {
      try listing(text, revision: String(repeating: "0b", count: 20))
    }
  }

  @Test func refusesPathsThatLeaveTheFolder() {
    for path in ["../a", "/etc/passwd", "a/../../b", "", "../\u{301}a"] {
      #expect(throws: TributaryError.self) {
        try listing(#"{"sha": "\#(commit)", "siblings": [{"rfilename": "\#(path)"}]}"#)
      }
    }
    for text in [#"{"sha": "../..", "siblings": []}"#, "{}", "<html>", "[]"] {
      #expect(throws: TributaryError.self) { try listing(text) }
    }
  }
}

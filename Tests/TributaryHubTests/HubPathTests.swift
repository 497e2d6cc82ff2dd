import Testing

@testable import TributaryHub

@Suite struct HubPathTests {
  @Test(arguments: ["a", "a/b.json", "refs/pr/1", "a..b", "...", "ä/ö", "a/\u{1f600}.bin"])
  func takesPathsThatStayInside(path: String) { #expect(HubPath.isInside(path)) }

  @Test(arguments: [
    "", "/a", "a/", "../a", "a/../b", "./a", "a//b", "a/.", "a/..", "a\\b", "a\0b", "a\nb",
    "a\r\nb",
    "a\u{7f}", "a\u{9b}31m",
    // One character to Swift, a slash and an accent to the system.
    "../\u{301}a", "a/../\u{301}b", "/\u{301}a", "a/\u{301}/../../b",
    String(repeating: "a", count: 256), String(repeating: "a/", count: 520) + "a",
  ])
  func refusesPathsThatLeave(path: String) { #expect(!HubPath.isInside(path)) }

  @Test func countsFolders() {
    #expect(HubPath.depth(of: "a") == 0 && HubPath.depth(of: "a/b/c") == 2)
    #expect(HubPath.depth(of: "a/\u{301}b") == 1)
  }

  @Test func knowsHashes() {
    #expect(HubPath.isHexadecimal("0af9", digits: 4))
    for text in ["0AF9", "0af", "0af9 ", "..09", "٠٠"] {
      #expect(!HubPath.isHexadecimal(text, digits: 4))
    }
  }
}

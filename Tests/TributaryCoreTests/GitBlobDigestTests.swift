import Testing
import TributaryCore

@Suite struct GitBlobDigestTests {
  /// `printf TEXT | git hash-object --stdin`
  @Test(arguments: [
    ("", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"),
    ("hello\n", "ce013625030ba8dba906f756967f9e9ca394464a"),
  ])
  func isWhatGitSays(text: String, expected: String) {
    #expect(GitBlobDigest.hex(of: Bytes(copying: Array(text.utf8))) == expected)
  }
}

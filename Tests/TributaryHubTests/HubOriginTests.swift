import Foundation
import Testing

@testable import TributaryHub

@Suite struct HubOriginTests {
  private func origin(_ text: String) -> HubOrigin? { URL(string: text).flatMap(HubOrigin.init) }

  @Test func isSchemeHostAndPort() {
    #expect(origin("https://hub.example/a") == origin("HTTPS://Hub.Example:443/b?c"))
    for other in [
      "http://hub.example", "https://hub.example:8443", "https://cdn.hub.example",
      "https://hub.example.evil", "https://hub.example@evil",
    ] {
      #expect(origin(other) != origin("https://hub.example"), "\(other)")
    }
    for none in ["ftp://hub", "file:///etc/passwd", "hub", "https://", ""] {
      #expect(origin(none) == nil, "\(none)")
    }
  }

  @Test func staysEncrypted() throws {
    let (safe, open) = (try #require(origin("https://a")), try #require(origin("http://a")))
    #expect(safe.maySend(to: safe) && open.maySend(to: open) && open.maySend(to: safe))
    #expect(!safe.maySend(to: open))
  }
}

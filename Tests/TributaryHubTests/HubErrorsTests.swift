import Testing
import TributaryCore

@testable import TributaryHub

@Suite struct HubErrorsTests {
  private func failure(
    _ status: Int, _ code: String? = nil, retryAfter: String? = nil, isHub: Bool = true,
    token: String? = nil
  ) throws -> HubFailure {
    var settings = HubSettings(environment: ["HOME": "/none"])
    settings.token = token
    let errors = HubErrors(
      repository: try HubRepository("team/model"), revision: "v1", settings: settings)
    return errors.failure(status, code: code, retryAfter: retryAfter, isHub: isHub, file: "a.json")
  }

  @Test func saysWhatAPersonCanDo() throws {
    #expect(try failure(401).reason.advice?.contains("HF_TOKEN") == true)
    #expect(try failure(401, token: "s").reason.message.contains("token"))
    #expect(try failure(401, "GatedRepo").reason.code == "hub.gated")
    #expect(try failure(403, token: "s").reason.code == "hub.gated")
    #expect(try failure(404, "RevisionNotFound").reason.message.contains("no revision v1"))
    #expect(try failure(404, "EntryNotFound").reason.message.contains("no a.json"))
    #expect(try failure(404, "RepoNotFound").reason.code == "hub.missing")
    #expect(try failure(405).reason.code == "hub.answer")
    for status in [401, 403, 404, 405] { #expect(try !failure(status).mayPass) }
  }

  @Test func knowsWhatPasses() throws {
    for status in [408, 429, 500, 502, 503, 504] { #expect(try failure(status).mayPass) }
    #expect(try failure(429, retryAfter: "12").pauseSeconds == 12)
    #expect(try failure(429, retryAfter: "-5").pauseSeconds == 0)
    #expect(try failure(429, retryAfter: "Fri, 31 Dec 1999 23:59:59 GMT").pauseSeconds == nil)
    // Not the account's matter but an old link's.
    let link = try failure(403, isHub: false)
    #expect(link.mayPass && link.reason.code == "hub.server")
  }

  @Test func tellsUntrustedFromUnreachable() {
    struct Refused: Error, CustomStringConvertible { let description: String }
    let untrusted = HubFailure(Refused(description: "x CERTIFICATE_VERIFY_FAILED y"), host: "h")
    #expect(!untrusted.mayPass && untrusted.reason.code == "hub.untrusted")
    let broken = HubFailure(Refused(description: "line one\nline two"), host: "h")
    #expect(broken.mayPass && broken.reason.code == "hub.network")
    #expect(!"\(broken.reason)".contains("\n"))
  }
}

internal import Foundation

/// Scheme, host and port: what a token is for.
struct HubOrigin: Equatable {
  let scheme: String
  let host: String
  let port: Int

  /// nil for what is no address to speak HTTP with.
  init?(_ url: URL) {
    guard let scheme = url.scheme?.lowercased(), let host = url.host?.lowercased(), !host.isEmpty,
      scheme == "https" || scheme == "http"
    else { return nil }
    self.scheme = scheme
    self.host = host
    port = url.port ?? (scheme == "https" ? 443 : 80)
  }

  /// Whether a redirect from here to there keeps what is encrypted encrypted.
  func maySend(to next: HubOrigin) -> Bool { next.scheme == "https" || scheme == "http" }
}

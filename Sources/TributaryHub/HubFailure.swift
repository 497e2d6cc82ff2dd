internal import TributaryCore

/// Why a request brought nothing, and whether another may.
struct HubFailure: Error {
  let reason: TributaryError
  /// Whether the same request may succeed later.
  let mayPass: Bool
  /// Seconds that the hub asks us to wait.
  let pauseSeconds: Int?

  init(_ reason: TributaryError, mayPass: Bool, pauseSeconds: Int? = nil) {
    self.reason = reason
    self.mayPass = mayPass
    self.pauseSeconds = pauseSeconds
  }

  /// The connection failed or broke.
  init(_ error: any Error, host: String) {
    let text = "\(error)".prefix(300).split(whereSeparator: \.isNewline).joined(separator: " ")
    let isUntrusted = ["CERTIFICATE_VERIFY_FAILED", "failedToValidateHostname"].contains {
      text.contains($0)
    }
    mayPass = !isUntrusted
    pauseSeconds = nil
    reason =
      isUntrusted
      ? TributaryError(
        "hub.untrusted", "the certificate of \(host) is not one that this machine trusts",
        advice: "check the address; an organisation's own authority belongs in the system's store")
      : TributaryError(
        "hub.network", "\(host) cannot be reached, or the connection broke",
        advice: "what has come stays, and the next pull goes on from there; "
          + "HF_HUB_OFFLINE=1 takes what is in the cache",
        cause: TributaryError("hub.network", text))
  }
}

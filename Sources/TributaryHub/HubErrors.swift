internal import TributaryCore

/// What a hub's refusals mean to a person.
enum HubErrors {
  /// - Parameters:
  ///   - status: an HTTP status that is no success.
  ///   - code: the header `X-Error-Code`.
  static func refusal(
    _ status: Int, code: String?, repository: HubRepository, revision: String, file: String?,
    settings: HubSettings
  ) -> TributaryError {
    let at = "at \(settings.endpoint)"
    let hasToken = settings.token != nil
    switch (status, code) {
    case (_, "GatedRepo"), (403, _):
      return TributaryError(
        "hub.gated", "\(repository) \(at) is gated, or not for this account",
        advice: hasToken
          ? "ask for access at \(settings.endpoint)/\(repository)"
          : "ask for access at \(settings.endpoint)/\(repository), and set HF_TOKEN")
    case (_, "RevisionNotFound"):
      return TributaryError("hub.revision", "\(repository) \(at) has no revision \(revision)")
    case (404, "EntryNotFound"):
      return TributaryError("hub.missing", "\(repository) \(at) has no \(file ?? "such file")")
    case (401, _):
      return TributaryError(
        "hub.unauthorized",
        hasToken
          ? "\(repository) is not \(at), or the token does not open it"
          : "\(repository) is not \(at), or is private",
        advice: hasToken ? "check the name and HF_TOKEN" : "check the name; private: set HF_TOKEN")
    case (404, _):
      return TributaryError(
        "hub.missing", "\(file.map { "\($0) of " } ?? "")\(repository) is not \(at)",
        advice: "check the name" + (hasToken ? "" : "; private: set HF_TOKEN"))
    default:
      return TributaryError(
        "hub.server", "\(settings.endpoint) answers \(status) for \(file ?? "\(repository)")",
        advice: "try again later; what has come stays")
    }
  }
}

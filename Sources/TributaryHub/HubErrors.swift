internal import NIOHTTP1
internal import TributaryCore

/// What a hub's refusals mean to a person.
struct HubErrors {
  let repository: HubRepository
  let revision: String
  let settings: HubSettings

  private var hasToken: Bool { settings.token != nil }
  private var hub: String { settings.endpoint }

  /// Nothing for a success.
  ///
  /// - Parameter file: what was asked for; nil: the model itself.
  /// - Throws: `HubFailure`.
  func check(_ answer: HubClient.Answer, file: String?) throws {
    guard !(200..<300).contains(answer.status) else { return }
    throw failure(
      answer.status, code: answer.headers.first(name: "X-Error-Code"),
      retryAfter: answer.headers.first(name: "Retry-After"), isHub: answer.isHub, file: file)
  }

  /// - Parameters:
  ///   - status: an HTTP status that is no success.
  ///   - code: the header `X-Error-Code`.
  ///   - isHub: whether it is the hub that refuses, not where it keeps large files.
  func failure(
    _ status: Int, code: String?, retryAfter: String?, isHub: Bool, file: String?
  ) -> HubFailure {
    let what = file.map { "\($0) of \(repository)" } ?? "\(repository)"
    if status == 429 {
      let seconds = retryAfter.flatMap { Int($0) }.map { max(0, $0) }
      let wait = seconds.map { "in \($0) seconds" } ?? "in a few minutes"
      return HubFailure(
        TributaryError(
          "hub.busy", "\(hub) gets too many requests from here",
          advice: "try again \(wait)" + (hasToken ? "" : "; with HF_TOKEN it allows more")),
        mayPass: true, pauseSeconds: seconds)
    }
    if status >= 500 || status == 408 || !isHub {
      // A link to a large file holds for a while only; the next try gets a new one.
      let who = isHub ? hub : "the place where \(hub) keeps large files"
      return HubFailure(
        TributaryError(
          "hub.server", "\(who) answers \(status) for \(what)",
          advice: "try again later; what has come stays"), mayPass: true)
    }
    return HubFailure(refusal(status, code: code, file: file), mayPass: false)
  }

  private func refusal(_ status: Int, code: String?, file: String?) -> TributaryError {
    switch (status, code) {
    case (_, "GatedRepo"), (403, _):
      return TributaryError(
        "hub.gated", "\(repository) at \(hub) is gated, or not for this account",
        advice: "ask for access at \(hub)/\(repository)" + (hasToken ? "" : ", and set HF_TOKEN"))
    case (_, "RevisionNotFound"):
      return TributaryError("hub.revision", "\(repository) at \(hub) has no revision \(revision)")
    case (404, "EntryNotFound"):
      return TributaryError(
        "hub.missing", "\(repository) at \(hub) has no \(file ?? "such file")")
    case (401, _):
      return TributaryError(
        "hub.unauthorized",
        hasToken
          ? "\(repository) is not at \(hub), or the token does not open it"
          : "\(repository) is not at \(hub), or is private",
        advice: hasToken ? "check the name and HF_TOKEN" : "check the name; private: set HF_TOKEN")
    case (404, _):
      return TributaryError(
        "hub.missing", "\(repository) is not at \(hub)",
        advice: "check the name" + (hasToken ? "" : "; private: set HF_TOKEN"))
    default:
      return TributaryError(
        "hub.answer", "\(hub) answers \(status) for \(file ?? "\(repository)")",
        advice: "check HF_ENDPOINT")
    }
  }
}

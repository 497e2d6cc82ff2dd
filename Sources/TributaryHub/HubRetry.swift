internal import TributaryCore

/// Tries again, after growing pauses, what the network or the hub's state kept from working.
struct HubRetry {
  /// Seconds before each further try.
  static let pauses = [0.5, 1, 2, 4]
  /// What a hub may ask for; a longer pause is for the person to decide.
  static let longestPauseSeconds = 60

  /// Told before each pause.
  let report: @Sendable (_ reason: TributaryError, _ seconds: Double) -> Void

  /// - Throws: what the last try threw; a failure as its reason.
  func run<Result>(_ body: () async throws -> Result) async throws -> Result {
    for pause in Self.pauses {
      do {
        return try await body()
      } catch let failure as HubFailure {
        try await wait(after: failure, at: pause)
      }
    }
    do {
      return try await body()
    } catch let failure as HubFailure {
      throw failure.reason
    }
  }

  /// - Throws: the failure's reason where waiting does not help.
  func wait(after failure: HubFailure, at pause: Double) async throws {
    guard let seconds = Self.pause(after: failure, at: pause) else { throw failure.reason }
    report(failure.reason, seconds)
    try await Task.sleep(for: .seconds(seconds))
  }

  /// How long to wait; nil: not worth it.
  static func pause(after failure: HubFailure, at pause: Double) -> Double? {
    guard failure.mayPass else { return nil }
    let asked = failure.pauseSeconds ?? 0
    return asked <= longestPauseSeconds ? max(pause, Double(asked)) : nil
  }
}

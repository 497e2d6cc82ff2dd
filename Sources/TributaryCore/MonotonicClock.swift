/// Where time enters: everything that waits or measures asks a clock that a test can replace.
public protocol MonotonicClock: Sendable {
  /// Seconds since an arbitrary, fixed moment; never goes back.
  var seconds: Double { get }
}

public struct SystemClock: MonotonicClock {
  private static let origin = ContinuousClock.now
  public init() {}
  public var seconds: Double {
    let elapsed = ContinuousClock.now - Self.origin
    return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
  }
}

/// A clock that can also be waited for.
public protocol WakingClock: MonotonicClock {
  /// Returns once `seconds` has reached `moment`; throws `CancellationError` where the task is cancelled.
  func sleep(until moment: Double) async throws
}

extension SystemClock: WakingClock {
  public func sleep(until moment: Double) async throws {
    let remaining = moment - seconds
    if remaining > 0 {
      try await Task.sleep(for: .seconds(remaining))
    } else {
      try Task.checkCancellation()
    }
  }
}

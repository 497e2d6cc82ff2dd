public import TributaryCore

/// Clients that can be asked in the rounds that a trace names, and in no others.
public struct TraceAvailability: ClientAvailability {
  private let windows: [ClientID: [ClosedRange<Int>]]
  private let last: Int

  /// - Parameter windows: a client's rounds, which may overlap and come in any order.
  public init(_ windows: [ClientID: [ClosedRange<Int>]]) {
    self.windows = windows
    // Behind the last beginning nobody becomes available any more.
    last = windows.values.joined().map(\.lowerBound).max() ?? 0
  }

  public func isAvailable(_ client: ClientID, round: Int, key _: RandomKey) -> Bool {
    windows[client]?.contains { $0.contains(round) } ?? false
  }

  public func horizon(from round: Int) -> Int { max(round, last) }
}

/// How quickly a pool notices that a worker is gone. Tests shorten it; users need not.
public struct SessionTiming: Sendable, Equatable {
  /// Between two heartbeats, both ways.
  public var heartbeatSeconds: Double
  /// A worker not heard for this long has left.
  public var leaseSeconds: Double

  public init(heartbeatSeconds: Double = 1, leaseSeconds: Double = 5) {
    precondition(heartbeatSeconds > 0 && leaseSeconds > heartbeatSeconds)
    self.heartbeatSeconds = heartbeatSeconds
    self.leaseSeconds = leaseSeconds
  }
}

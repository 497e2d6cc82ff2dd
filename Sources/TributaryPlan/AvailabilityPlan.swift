/// In which rounds clients can be asked at all, however many are there.
public struct AvailabilityPlan: Sendable, Codable, Equatable {
  public var kind: Kind
  /// periodic: rounds after which a client's hours come again.
  public var period: Int
  /// periodic: the share of the rounds in which a client can be asked.
  public var share: Double
  /// trace: a file of clients and the rounds in which they can be asked.
  public var path: String?

  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Whoever is there can be asked.
    case always
    /// Every client is on and off in turn, from a phase of its own that the seed gives.
    case periodic
    case trace
  }

  public init(
    kind: Kind = .always, period: Int = 10, share: Double = 0.5, path: String? = nil
  ) {
    self.kind = kind
    self.period = period
    self.share = share
    self.path = path
  }
}

public import TributaryCore

/// In which rounds a client can be asked: a function of its arguments only.
public protocol ClientAvailability: Sendable {
  /// - Parameter key: the run's key.
  func isAvailable(_ client: ClientID, round: Int, key: RandomKey) -> Bool

  /// Rounds after this one say nothing that those from `round` to it do not.
  func horizon(from round: Int) -> Int
}

/// Whoever is there can be asked.
public struct AlwaysAvailable: ClientAvailability {
  public init() {}
  public func isAvailable(_: ClientID, round _: Int, key _: RandomKey) -> Bool { true }
  public func horizon(from round: Int) -> Int { round }
}

public import TributaryCore
public import TributaryPlan

/// Clients that are on for a part of every period, as devices are that take part while they charge at night.
///
///     client k can be asked in round r  ⇔  (r − 1 + φ_k) mod period < share · period
///
/// φ_k is drawn once for each client; the right side is rounded, and 1 at least.
public struct PeriodicAvailability: ClientAvailability {
  private let period: Int
  private let rounds: Int

  public init(_ plan: AvailabilityPlan) {
    period = max(1, plan.period)
    rounds = max(1, Int((plan.share * Double(period)).rounded()))
  }

  public func isAvailable(_ client: ClientID, round: Int, key: RandomKey) -> Bool {
    var stream = key.at("availability").at(client.name).generator
    return (round - 1 + stream.below(period)) % period < rounds
  }

  public func horizon(from round: Int) -> Int { round + period - 1 }
}

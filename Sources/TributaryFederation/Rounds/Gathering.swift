internal import TributaryCore

/// Between rounds, and before the first: are enough clients there?
struct Gathering: Sendable {
  /// Until when to wait for all that are expected.
  var windowEnd: Double
  /// Until when to wait for `minimumClients`.
  var patienceEnd: Double
  /// How many make it complete; nil where nobody knows.
  var expected: Int?
  /// Who makes it complete, where names are known (after a resume); wins over `expected`.
  var awaited: Set<ClientID>

  enum Verdict: Equatable { case start, wait(until: Double, givesUp: Bool), giveUp }

  func isComplete(_ present: Set<ClientID>) -> Bool {
    awaited.isEmpty
      ? expected.map { present.count >= $0 } ?? false : awaited.isSubset(of: present)
  }

  func verdict(present: Set<ClientID>, minimum: Int, now: Double) -> Verdict {
    if isComplete(present) && present.count >= minimum { return .start }
    if now < windowEnd { return .wait(until: windowEnd, givesUp: present.count < minimum) }
    if present.count >= minimum { return .start }
    return now < patienceEnd ? .wait(until: patienceEnd, givesUp: true) : .giveUp
  }

  func waiting(round: Int, present: Set<ClientID>, minimum: Int, now: Double) -> Waiting {
    let early = now < windowEnd
    return Waiting(
      round: round, have: present.count,
      need: early ? max(minimum, awaited.isEmpty ? expected ?? minimum : awaited.count) : minimum,
      seconds: (early && present.count >= minimum ? windowEnd : patienceEnd) - now,
      givesUp: !(early && present.count >= minimum),
      missing: awaited.subtracting(present).sorted())
  }
}

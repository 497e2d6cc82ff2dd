internal import Foundation

/// How far colluders may go from the mean and still have honest clients beyond them (Baruch, Baruch & Goldberg 2019,
/// "A little is enough: circumventing defenses for distributed learning", algorithm 3).
enum LittleIsEnough {
  /// z = Φ⁻¹((n − m − s) / (n − m)), s = ⌊n/2 + 1⌋ − m being how many honest ones must side with m attackers of n to
  /// make a majority; 0 where that many are not there.
  static func deviations(clients n: Int, attackers m: Int) -> Double {
    let supporters = n / 2 + 1 - m
    let honest = n - m
    guard honest > 0, supporters < honest else { return 0 }
    // With a majority of their own they need nobody: as far as the last honest one.
    let share = Double(honest - max(1, supporters)) / Double(honest)
    return max(0, quantile(share))
  }

  /// The standard normal distribution's quantile, by bisection.
  static func quantile(_ probability: Double) -> Double {
    var (low, high) = (-40.0, 40.0)
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if erfc(-middle / 2.0.squareRoot()) / 2 < probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

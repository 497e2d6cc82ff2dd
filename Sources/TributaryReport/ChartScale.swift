internal import Foundation

/// An axis: which numbers it spans, where its ticks are, and where a number lies on it.
struct ChartScale: Equatable {
  let lower: Double
  let upper: Double
  let step: Double

  /// Beyond it, spans are not finite.
  private static let limit = 1e300

  /// The narrowest span of round ticks around finite `values`.
  ///
  /// - Parameter ticks: about so many.
  init(around values: [Double], ticks: Int = 5) {
    var low = min(Self.limit, max(-Self.limit, values.min() ?? 0))
    var high = min(Self.limit, max(-Self.limit, values.max() ?? 1))
    if high - low < 1 / Self.limit {
      (low, high) = (low - abs(low) / 2 - 0.5, high + abs(high) / 2 + 0.5)
    }
    let step = Self.roundStep((high - low) / Double(ticks))
    self.step = step
    // A number that is a tick but for its last bits is that tick.
    lower = (low / step + 1e-9).rounded(.down) * step
    upper = (high / step - 1e-9).rounded(.up) * step
  }

  /// Rounds 1 to `count`, with ticks at whole numbers.
  init(rounds count: Int) {
    lower = 1
    upper = Double(max(2, count))
    step = max(1, Self.roundStep(upper / 8))
  }

  /// 1, 2 or 5 times a power of ten: the smallest that is not below `width`.
  private static func roundStep(_ width: Double) -> Double {
    let power = pow(10, log10(width).rounded(.down))
    return [1, 2, 5, 10].map { $0 * power }.first { $0 >= width * (1 - 1e-9) } ?? 10 * power
  }

  var ticks: [Double] {
    let first = Int((lower / step).rounded(.up))
    let last = Int((upper / step + 1e-9).rounded(.down))
    return first <= last ? (first...last).map { Double($0) * step } : []
  }

  /// 0 at the lower end, 1 at the upper.
  func fraction(_ value: Double) -> Double { (value - lower) / (upper - lower) }

  func label(_ tick: Double) -> String {
    let places = max(0, -Int(log10(step).rounded(.down)))
    if places > 6 || abs(tick) >= 1e7 { return String(format: "%.3g", tick) }
    return String(format: "%.\(places)f", tick)
  }
}

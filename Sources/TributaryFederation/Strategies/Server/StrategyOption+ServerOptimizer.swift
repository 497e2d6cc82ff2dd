/// The numbers of server optimisers.
extension StrategyOption {
  static func serverLearningRate(default value: Double) -> StrategyOption {
    StrategyOption(
      "serverLearningRate", default: value, in: Double.leastNormalMagnitude...1000,
      "the server's step size, a number above 0 and up to 1000")
  }

  /// A share of what was that is kept; it stays below 1.
  static func decay(_ name: String, default value: Double, of what: String) -> StrategyOption {
    StrategyOption(
      name, default: value, in: 0...1.0.nextDown, "the share of \(what) that is kept, 0 to below 1")
  }

  static let tau = StrategyOption(
    "tau", default: 1e-3, in: 1e-12...1e3,
    "added to the root of the second moment, a number from 1e-12 to 1000; the larger, the less adaptive"
  )
}

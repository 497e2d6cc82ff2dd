internal import Foundation
internal import TributaryCore

/// Normal, gamma and Dirichlet random numbers from one key.
struct GammaSampler {
  private var stream: RandomStream

  init(key: RandomKey) { stream = key.generator }

  /// A draw from the Dirichlet distribution: a share for each concentration, that sum to 1.
  ///
  /// Normalised in logarithms, so that a small concentration (whose gamma draws are below the
  /// smallest float64) gives one share near 1 instead of 0 / 0.
  mutating func dirichlet(concentrations: [Double]) -> [Double] {
    let logs = concentrations.map { logGamma(shape: $0) }
    let largest = logs.max() ?? 0
    let weights = logs.map { exp($0 - largest) }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }

  /// The logarithm of a draw from Gamma(shape, 1).
  ///
  /// Marsaglia and Tsang 2000, "A simple method for generating gamma variables"; for shapes below 1
  /// by Gamma(shape) = Gamma(shape + 1) * U^(1 / shape).
  mutating func logGamma(shape: Double) -> Double {
    if shape < 1 { return logGamma(shape: shape + 1) + log(positiveUniform()) / shape }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      guard root > 0 else { continue }
      let v = root * root * root
      if log(positiveUniform()) < 0.5 * x * x + d - d * v + d * log(v) { return log(d) + log(v) }
    }
  }

  /// Standard normal, by Marsaglia's polar method.
  mutating func normal() -> Double {
    while true {
      let u = 2 * stream.uniformDouble() - 1
      let v = 2 * stream.uniformDouble() - 1
      let square = u * u + v * v
      if square > 0, square < 1 { return u * (-2 * log(square) / square).squareRoot() }
    }
  }

  /// In (0, 1].
  private mutating func positiveUniform() -> Double { 1 - stream.uniformDouble() }
}

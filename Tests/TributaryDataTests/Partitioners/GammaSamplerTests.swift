import Foundation
import Testing
import TributaryCore

@testable import TributaryData

@Suite struct GammaSamplerTests {
  /// Mean and variance of Gamma(shape, 1) are both `shape`.
  @Test(arguments: [0.2, 0.5, 1, 3.7, 50])
  func momentsOfGamma(_ shape: Double) {
    var sampler = GammaSampler(key: RandomKey(seed: 11).at("gamma"))
    let count = 40_000
    let draws = (0..<count).map { _ in exp(sampler.logGamma(shape: shape)) }
    let mean = draws.reduce(0, +) / Double(count)
    let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    // The standard error of the mean is (shape / count)^(1/2); five of them.
    #expect(abs(mean - shape) < 5 * (shape / Double(count)).squareRoot())
    #expect(abs(variance / shape - 1) < 0.15)
  }

  /// Each share of a symmetric Dirichlet has mean 1/n and variance (n - 1) / (n^2 (n alpha + 1)).
  @Test(arguments: [0.1, 1, 10])
  func momentsOfDirichlet(_ alpha: Double) {
    var sampler = GammaSampler(key: RandomKey(seed: 12).at("dirichlet"))
    let (n, count) = (5, 8000)
    let alphas = [Double](repeating: alpha, count: n)
    let draws = (0..<count).map { _ in sampler.dirichlet(concentrations: alphas) }
    #expect(draws.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-9 })
    let variance = Double(n - 1) / (Double(n * n) * (Double(n) * alpha + 1))
    for share in 0..<n {
      let values = draws.map { $0[share] }
      let mean = values.reduce(0, +) / Double(count)
      #expect(abs(mean - 0.2) < 5 * (variance / Double(count)).squareRoot())
      let found = values.reduce(0) { $0 + ($1 - 0.2) * ($1 - 0.2) } / Double(count)
      #expect(abs(found / variance - 1) < 0.15)
    }
  }
}

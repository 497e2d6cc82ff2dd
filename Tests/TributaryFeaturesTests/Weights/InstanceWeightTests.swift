import Testing
import TributaryTensor

@testable import TributaryFeatures

/// Weights of the source's examples against SciPy's and scikit-learn's.
@Suite struct InstanceWeightTests {
  private let data: FeatureGolden

  init() throws { data = try FeatureGolden() }

  @Test func kernelMeanMatching() throws {
    let weights = KernelMeanMatching(bound: 3).weights(
      source: data.source, target: data.target, kernel: GaussianKernel(gamma: 0.2))
    try data.expect(weights, "kmm", within: 1e-4)
  }

  /// The sum of the weights is held by ε where the means alone would have it elsewhere.
  @Test func kernelMeanMatchingKeepsItsConstraints() {
    let weights = KernelMeanMatching(bound: 1.5, slack: 0.1).weights(
      source: data.source, target: data.target * 5, kernel: GaussianKernel(gamma: 1))
    let sum = weights.reduce(0, +)
    #expect(weights.allSatisfy { (0...1.5).contains($0) })
    #expect(sum >= 54 - 1e-6 && sum <= 66 + 1e-6)
  }

  @Test func densityRatio() throws {
    try data.expect(
      DensityRatio.weights(source: data.source, target: data.target), "density-ratio",
      within: 1e-5)
  }
}

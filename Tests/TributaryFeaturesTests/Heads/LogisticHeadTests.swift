import Testing
import TributaryTensor

@testable import TributaryFeatures

@Suite struct LogisticHeadTests {
  /// Any constant may be added to all biases: their mean is taken out, as in the golden file.
  private func centered(_ head: LinearHead) -> LinearHead {
    let mean = head.bias.reduce(0, +) / Double(head.bias.count)
    return LinearHead(weight: head.weight, bias: head.bias.map { $0 - mean })
  }

  @Test func isScikitLearns() throws {
    let data = try FeatureGolden()
    let head = LogisticHead.fit(data.source, labels: data.labels, classes: 3, l2: 2)
    try data.expect(centered(head), "logistic", within: 1e-5)
  }

  @Test func isScikitLearnsOfWeightedExamples() throws {
    let data = try FeatureGolden()
    let head = LogisticHead.fit(
      data.source, labels: data.labels, classes: 3, weights: try data.weights, l2: 2)
    try data.expect(centered(head), "logistic-weighted", within: 1e-5)
  }
}

@Suite struct NearestNeighbourTests {
  @Test func isScikitLearns() throws {
    let data = try FeatureGolden()
    let found = NearestNeighbour(data.source, labels: data.labels).predictions(data.target)
    #expect(found == (try data.integers("nearest/predictions")))
  }
}

import Testing
import TributaryCore
import TributaryPlan
import TributaryTensor
import TributaryTestKit

@testable import TributaryFeatures

/// Heads against scikit-learn's.
@Suite struct ClosedFormHeadTests {
  private let data: FeatureGolden

  init() throws { data = try FeatureGolden() }

  @Test func ridge() throws {
    try data.expect(
      ClosedFormHead.solve(data.statistics, HeadPlan(kind: .ridge, l2: 2)), "ridge")
  }

  @Test func ridgeOfWeightedExamples() throws {
    let statistics = FeatureStatistics(
      features: data.source, labels: data.labels, classes: data.classes,
      weights: try data.weights)
    try data.expect(
      ClosedFormHead.solve(statistics, HeadPlan(kind: .ridge, l2: 2)), "ridge-weighted")
  }

  @Test func discriminantAnalysis() throws {
    try data.expect(
      ClosedFormHead.solve(data.statistics, HeadPlan(kind: .lda, shrinkage: 0.2)), "lda")
  }

  @Test func prototypes() throws {
    let plan = HeadPlan(kind: .prototype)
    #expect(!ClosedFormHead.needsProducts(plan))
    let head = try ClosedFormHead.solve(data.statistics, plan)
    #expect(head.predictions(data.target) == (try data.integers("prototype/predictions")))
  }

  @Test func ridgeAmongPrincipalComponents() throws {
    try data.expect(
      ClosedFormHead.solve(data.statistics, HeadPlan(kind: .ridge, l2: 2, components: 3)),
      "ridge-components")
  }

  @Test(arguments: HeadPlan.Selection.allCases)
  func selectedFeaturesAloneCount(by selection: HeadPlan.Selection) throws {
    let plan = HeadPlan(kind: .ridge, l2: 2, select: 3, selectBy: selection)
    let head = try ClosedFormHead.solve(data.statistics, plan)
    let best = try FeatureSelection.best(3, of: data.statistics, by: selection)
    let alone = try ClosedFormHead.solve(
      FeatureStatistics(
        features: data.source.columns(best), labels: data.labels, classes: data.classes),
      HeadPlan(kind: .ridge, l2: 2))
    for column in 0..<8 where !best.contains(column) {
      #expect((0..<3).allSatisfy { head.weight[$0, column] == 0 })
    }
    #expect(
      difference(head.weight.columns(best).values, alone.weight.values, absolute: 1e-12) == nil)
    #expect(difference(head.bias, alone.bias, absolute: 1e-12) == nil)
  }

  @Test(arguments: [HeadPlan.Kind.ridge, .lda, .prototype])
  func aClassWithoutExamplesIsNeverChosen(kind: HeadPlan.Kind) throws {
    let statistics = FeatureStatistics(
      features: data.source, labels: data.labels, classes: data.classes + 1)
    let head = try ClosedFormHead.solve(statistics, HeadPlan(kind: kind))
    #expect(!head.predictions(data.source).contains(data.classes))
  }

  @Test func whatCannotBeSolvedIsRefused() throws {
    for kind in [HeadPlan.Kind.softmax, .logistic] {
      #expect(throws: TributaryError.self) {
        try ClosedFormHead.solve(data.statistics, HeadPlan(kind: kind))
      }
    }
    #expect(throws: TributaryError.self) {
      try ClosedFormHead.solve(
        FeatureStatistics(classes: 2, width: 3), HeadPlan(kind: .ridge))
    }
    let twice = Matrix([1, 1, 2, 2, 3, 3], rows: 3, columns: 2)
    #expect(throws: TributaryError.self) {
      try ClosedFormHead.solve(
        FeatureStatistics(features: twice, labels: [0, 1, 1], classes: 2),
        HeadPlan(kind: .ridge, l2: 0))
    }
  }
}

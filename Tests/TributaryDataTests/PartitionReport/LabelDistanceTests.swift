import Foundation
import Testing

@testable import TributaryData

@Suite struct LabelDistanceTests {
  @Test func equalAndDisjointDistributions() {
    let equal = LabelDistance([1, 2, 3][...], [10, 20, 30])
    #expect(equal.totalVariation == 0 && equal.jensenShannon == 0)
    let disjoint = LabelDistance([0, 4][...], [7, 0])
    #expect(disjoint.totalVariation == 1 && disjoint.jensenShannon == 1)
  }

  /// Against scipy.spatial.distance.jensenshannon([.5, .5, 0], [.25, .25, .5], 2) ** 2.
  @Test func inBetween() {
    let distance = LabelDistance([2, 2, 0][...], [1, 1, 2])
    #expect(distance.totalVariation == 0.5)
    #expect(abs(distance.jensenShannon - 0.31127812445913283) < 1e-12)
  }

  @Test func figuresAreMeansAndLargest() {
    let distances = [LabelDistance([1, 0][...], [1, 1]), LabelDistance([1, 1][...], [1, 1])]
    let figures = LabelFigures(distances, classesPerClient: 1.5)
    #expect(figures.totalVariation.mean == 0.25 && figures.totalVariation.largest == 0.5)
    #expect(figures.earthMover.mean == 0.5 && figures.earthMover.largest == 1)
  }
}

import Foundation
import Testing

@Suite struct GeometricMedianTests {
  @Test func withoutIterationsItIsTheMean() throws {
    let rows: [[Float]] = [[1, 0], [2, 6], [6, 3]]
    #expect(try aggregate("geometric-median", ["iterations": 0], rows) == [3, 3])
  }

  /// From the mean 2 of 0, 1, 5 the distances are 2, 1, 3: (0/2 + 1/1 + 5/3) / (1/2 + 1/1 + 1/3).
  @Test func oneStepByHand() throws {
    let found = try aggregate("geometric-median", ["iterations": 1], [[0], [1], [5]])
    #expect(abs(found[0] - Float((1 + 5.0 / 3) / (1.0 / 2 + 1 + 1.0 / 3))) < 1e-6)
  }

  @Test func convergesToTheFermatPoint() throws {
    // Of an equilateral triangle the centre, with a fourth point far away it stays near.
    let triangle: [[Float]] = [[0, 0], [2, 0], [1, Float(3.0.squareRoot())]]
    let found = try aggregate("geometric-median", ["iterations": 300], triangle)
    #expect(abs(found[0] - 1) < 1e-5 && abs(found[1] - 1 / Float(3.0.squareRoot())) < 1e-5)
  }

  @Test func aMajorityInOnePlaceDecides() throws {
    let rows: [[Float]] = [[1, 1], [1, 1], [1, 1], [1e4, -1e4], [5e3, 5e3]]
    let found = try aggregate("geometric-median", ["iterations": 500], rows)
    #expect(abs(found[0] - 1) < 1e-2 && abs(found[1] - 1) < 1e-2)
  }

  @Test func largerSmoothingIsNearerTheMean() throws {
    let rows: [[Float]] = [[0], [1], [8]]
    #expect(try aggregate("geometric-median", ["smoothing": 100], rows) == [3])
  }
}

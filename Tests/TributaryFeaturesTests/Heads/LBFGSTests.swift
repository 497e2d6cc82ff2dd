import Testing

@testable import TributaryFeatures

@Suite struct LBFGSTests {
  @Test func findsTheBottomOfRosenbrocksValley() {
    let found = LBFGS().minimum(from: [-1.2, 1]) { point in
      let (x, y) = (point[0], point[1])
      let value = 100 * (y - x * x) * (y - x * x) + (1 - x) * (1 - x)
      return (value, [-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)])
    }
    #expect(abs(found[0] - 1) < 1e-6 && abs(found[1] - 1) < 1e-6)
  }

  @Test func staysWhereThereIsNoSlope() {
    #expect(LBFGS().minimum(from: [3]) { _ in (1, [0]) } == [3])
  }
}

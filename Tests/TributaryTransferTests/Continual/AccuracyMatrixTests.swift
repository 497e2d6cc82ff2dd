import Testing

@testable import TributaryTransfer

@Suite struct AccuracyMatrixTests {
  private func matrix(_ rows: [[Double]]) -> AccuracyMatrix {
    var matrix = AccuracyMatrix(tasks: ["a", "b, c", "d"], initial: [0.1, 0.2, 0.3])
    for row in rows { matrix.add(row) }
    return matrix
  }

  /// By hand from the definitions.
  @Test func figures() throws {
    let found = matrix([[0.9, 0.5, 0.4], [0.6, 0.8, 0.6], [0.7, 0.5, 1]])
    func close(_ value: Double?, _ expected: Double) -> Bool {
      abs((value ?? .nan) - expected) < 1e-12
    }
    #expect(close(found.averageAccuracy, 2.2 / 3))
    #expect(close(found.backwardTransfer, (0.7 - 0.9 + 0.5 - 0.8) / 2))
    #expect(close(found.forgetting, (0.9 - 0.7 + 0.8 - 0.5) / 2))
    #expect(close(found.forwardTransfer, (0.5 - 0.2 + 0.6 - 0.3) / 2))
    #expect(
      found.csv == """
        after,a,"b, c",d
        none,0.1,0.2,0.3
        a,0.9,0.5,0.4
        "b, c",0.6,0.8,0.6
        d,0.7,0.5,1.0

        """)
  }

  @Test func untilTheLastTaskThereAreNone() {
    let found = matrix([[0.9, 0.5, 0.4], [0.6, 0.8, 0.6]])
    #expect(found.averageAccuracy == nil && found.backwardTransfer == nil)
    #expect(found.forgetting == nil && found.forwardTransfer == nil)
  }
}

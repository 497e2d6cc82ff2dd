import Testing

@Suite struct TrimmedMeanTests {
  private let rows: [[Float]] = [[8], [1], [-100], [2], [3], [4], [5], [6], [7], [1000]]

  @Test func cutsAShareAtEachEnd() throws {
    // One of ten at each end, by the default of 0.1.
    #expect(try aggregate("trimmed-mean", rows) == [4.5])
    // 1...8 without 1 and 8.
    #expect(try aggregate("trimmed-mean", ["beta": 0.2], rows) == [4.5])
    #expect(try aggregate("trimmed-mean", ["beta": 0], [[1], [2], [6]]) == [3])
    // Less than one of three.
    #expect(try aggregate("trimmed-mean", ["beta": 0.3], [[1], [2], [6]]) == [3])
  }

  @Test func aShareThatIsWholeIsCutWhole() throws {
    // 0.29 · 100 is below 29 in float64: 29 are cut.
    let rows = (0..<100).map { [$0 < 71 ? Float(0) : 1] }
    #expect(try aggregate("trimmed-mean", ["beta": 0.29], rows) == [0])
  }

  @Test func nearlyAHalfIsTheMedian() throws {
    let rows: [[Float]] = [[1], [2], [3], [70], [500]]
    #expect(try aggregate("trimmed-mean", ["beta": 0.4999], rows) == [3])
    #expect(try aggregate("trimmed-mean", ["beta": 0.4999], Array(rows.prefix(4))) == [2.5])
  }
}

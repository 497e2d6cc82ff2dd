import Testing

@Suite struct MultiKrumTests {
  /// Scores with f = 1, as in `KrumTests`: 10, 5, 5, 10, thousands.
  private let rows: [[Float]] = [[0], [1], [3], [4], [50]]

  @Test func averagesTheBest() throws {
    #expect(try aggregate("multi-krum", ["attackers": 1, "selected": 1], rows) == [1])
    // n − f − 2 = 2.
    #expect(try aggregate("multi-krum", ["attackers": 1], rows) == [2])
    #expect(try aggregate("multi-krum", ["attackers": 1, "selected": 4], rows) == [2])
    #expect(
      try aggregate("multi-krum", ["attackers": 0, "selected": 5], rows) == [Float(58.0 / 5)])
  }
}

import Testing

@Suite struct KrumTests {
  /// On a line, f = 1, so n − f − 2 = 2 neighbours count.
  ///
  ///     0: 1 + 9 = 10   1: 1 + 4 = 5   3: 4 + 1 = 5   4: 1 + 9 = 10   50: 46² + 47²
  private let rows: [[Float]] = [[0], [1], [3], [4], [50]]

  @Test func choosesTheUpdateNearestToItsNeighbours() throws {
    // 1 and 3 are as good: the first name's.
    #expect(try aggregate("krum", ["attackers": 1], rows) == [1])
    #expect(try aggregate("krum", ["attackers": 1], rows.reversed()) == [3])
    #expect(try aggregate("krum", ["attackers": 1], [[0], [1], [2.5], [4], [50]]) == [1])
  }

  @Test func withoutANumberTheMostThatCanBeWithstood() throws {
    // Seven: f = 2, three neighbours; the five near 0 have them, the two that collude at 9 have one.
    let rows: [[Float]] = [[9], [1], [0], [9], [0.3], [0.5], [0.35]]
    #expect(try aggregate("krum", rows) == [0.3])
  }

  @Test func whateverThereIsOfOneOrTwo() throws {
    #expect(try aggregate("krum", [[4]]) == [4])
    #expect(try aggregate("krum", [[4], [6]]) == [4])
  }
}

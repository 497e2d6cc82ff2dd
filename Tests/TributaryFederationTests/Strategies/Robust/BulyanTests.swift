import Testing

@Suite struct BulyanTests {
  /// Seven updates, f = 1: θ = 5 are chosen, of their values θ − 2f = 3 averaged.
  @Test func averagesTheChosenNearTheirMedian() throws {
    let rows: [[Float]] = [[0], [1], [2], [3], [4], [5], [1000]]
    // 1000 is never chosen; of any five of 0...5 the three round the median make its mean.
    let found = try aggregate("bulyan", ["attackers": 1], rows)[0]
    #expect(found >= 2 && found <= 3)
  }

  /// A hostile update may hide one coordinate's attack behind many honest ones: Krum alone takes it.
  @Test func boundsACoordinateThatKrumDoesNot() throws {
    let honest: [[Float]] = (0..<6).map { client in
      (0..<100).map { column in
        let step = (column * 7 + client * 13) % 11
        return Float(step) / 10 - 0.5
      }
    }
    // In the middle of the others, but for one coordinate.
    var hidden: [Float] = (0..<100).map { column in
      let sum = honest.reduce(Float(0)) { $0 + $1[column] }
      return sum / 6
    }
    hidden[0] += 2
    let rows = honest + [hidden]
    #expect(try aggregate("krum", ["attackers": 1], rows)[0] == hidden[0])
    let bounded = try aggregate("bulyan", ["attackers": 1], rows)[0]
    let largest = honest.map { $0[0] }.max() ?? 0
    #expect(bounded <= largest)
  }

  @Test func withoutAttackersItIsTheMean() throws {
    #expect(try aggregate("bulyan", ["attackers": 0], [[1], [2], [9]]) == [4])
  }
}

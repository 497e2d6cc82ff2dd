import Testing
import TributaryCore

@Suite struct RandomKeyTests {
  /// The known answers that the authors of Philox publish with Random123 (kat_vectors, philox4x32 10).
  @Test(arguments: [
    (
      key: UInt64(0), salt: UInt64(0), block: UInt64(0),
      words: SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
    ),
    (
      key: UInt64.max, salt: UInt64.max, block: UInt64.max,
      words: SIMD4<UInt32>(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
    ),
    (
      key: 0x299f_31d0_a409_3822, salt: 0x0370_7344_1319_8a2e, block: 0x85a3_08d3_243f_6a88,
      words: SIMD4<UInt32>(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
    ),
  ])
  func philoxKnownAnswers(key: UInt64, salt: UInt64, block: UInt64, words: SIMD4<UInt32>) {
    #expect(RandomKey(key: key, salt: salt).words(block: block) == words)
  }

  @Test func everyPathIsAnotherSequence() {
    let root = RandomKey(seed: 7)
    let keys: [RandomKey] = [
      root, root.at("client"), root.at("round"), root.at(0), root.at(1), root.at(0).at(1),
      root.at(1).at(0), root.at("client").at(0), RandomKey(seed: 8).at("client"),
    ]
    #expect(Set(keys).count == keys.count)
    #expect(Set(keys.map { $0.words(block: 0) }).count == keys.count)
    #expect(root.at("client").at(3) == RandomKey(seed: 7).at("client").at(3))
  }

  @Test func permutationHoldsEveryNumberOnce() {
    for count in [0, 1, 2, 17, 1000] {
      #expect(RandomKey(seed: 1).permutation(of: count).sorted() == Array(0..<count))
    }
    #expect(RandomKey(seed: 1).permutation(of: 50) != RandomKey(seed: 2).permutation(of: 50))
  }

  @Test func numbersBelowABoundAreUniform() {
    var generator = RandomKey(seed: 3).generator
    var counts = [Int](repeating: 0, count: 7)
    let draws = 70_000
    for _ in 0..<draws { counts[generator.below(7)] += 1 }
    // Chi-squared with 6 degrees of freedom: 22.5 has a tail of 0.001.
    let expected = Double(draws) / 7
    let statistic = counts.reduce(0) { $0 + (Double($1) - expected) * (Double($1) - expected) }
    #expect(statistic / expected < 22.5)
  }

  @Test func uniformsLieInTheHalfOpenUnitInterval() {
    var generator = RandomKey(seed: 5).generator
    let values = (0..<20_000).map { _ in generator.uniform() }
    #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
    #expect(abs(values.reduce(0, +) / 20_000 - 0.5) < 0.01)
    let doubles = (0..<20_000).map { _ in generator.uniformDouble() }
    #expect(doubles.allSatisfy { $0 >= 0 && $0 < 1 })
  }
}

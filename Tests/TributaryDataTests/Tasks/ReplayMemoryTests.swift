import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct ReplayMemoryTests {
  private func kept(
    _ labels: [Int], size: Int, _ kind: ReplayPlan.Kind, seed: UInt64 = 1
  ) -> [Int] {
    var memory = ReplayMemory(size: size, kind: kind, key: RandomKey(seed: seed))
    for label in labels { memory.offer(label: label) }
    return memory.kept
  }

  /// Over many seeds every example is kept about as often: size/count = 0.2.
  @Test func aReservoirKeepsAllAlike() {
    let labels = [Int](repeating: 0, count: 50)
    var counts = [Int](repeating: 0, count: 50)
    for seed in 0..<400 {
      let found = kept(labels, size: 10, .reservoir, seed: UInt64(seed))
      #expect(Set(found).count == 10)
      for index in found { counts[index] += 1 }
    }
    // 80 expected each, with a deviation of 8.
    #expect(counts.allSatisfy { (45...115).contains($0) }, "\(counts)")
  }

  /// A rare class keeps all it has; the others share the rest.
  @Test func balanceKeepsWhatIsRare() {
    let labels = (0..<300).map { $0 % 100 == 7 ? 2 : $0 < 200 ? 0 : 1 }
    let found = kept(labels, size: 21, .classBalanced)
    let counts = Dictionary(grouping: found) { labels[$0] }.mapValues(\.count)
    #expect(counts[2] == 3)
    #expect(counts[0] == 9 && counts[1] == 9, "\(counts)")
    #expect(Set(found).count == 21)
  }

  /// Within a class all are kept alike, the early ones and the late ones.
  @Test func withinAClassBalanceIsAReservoir() {
    let labels = (0..<60).map { $0 % 3 == 0 ? 1 : 0 }
    var early = 0
    var late = 0
    for seed in 0..<300 {
      let ones = kept(labels, size: 10, .classBalanced, seed: UInt64(seed)).filter { $0 % 3 == 0 }
      early += ones.count { $0 < 30 }
      late += ones.count { $0 >= 30 }
    }
    #expect(abs(Double(early) / Double(early + late) - 0.5) < 0.1, "\(early) \(late)")
  }

  /// What was kept of two tasks could have been kept of the first, and then of the second.
  @Test(arguments: ReplayPlan.Kind.allCases)
  func goesOnFromWhatItHas(_ kind: ReplayPlan.Kind) {
    let labels = (0..<80).map { $0 < 50 ? $0 % 2 : 2 }
    var memory = ReplayMemory(size: 12, kind: kind, key: RandomKey(seed: 3))
    for label in labels[..<50] { memory.offer(label: label) }
    let first = Set(memory.kept)
    for label in labels[50...] { memory.offer(label: label) }
    #expect(memory.kept.filter { $0 < 50 }.allSatisfy(first.contains))
    #expect(memory.kept == kept(labels, size: 12, kind, seed: 3))
    #expect(memory.kept.contains { $0 >= 50 })
  }

  @Test func fewerThanFitAreAllKept() {
    #expect(kept([0, 1, 0], size: 5, .classBalanced) == [0, 1, 2])
  }
}

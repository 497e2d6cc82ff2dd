import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryFederation

@Suite struct ExactAccumulatorTests {
  private let deltas = Fixture.deltas(24, at: "accumulator")
  private let weights = Fixture.weights(24)

  private func sum(_ order: some Sequence<Int>) throws -> ExactAccumulator {
    var accumulator = try ExactAccumulator(like: deltas[0])
    for index in order { try accumulator.fold(deltas[index], weight: weights[index]) }
    return accumulator
  }

  @Test func anyOrderGivesTheSameBits() throws {
    let expected = try sum(0..<24)
    for trial in 0..<50 {
      let order = Fixture.key.at("order").at(trial).permutation(of: 24)
      let found = try sum(order)
      #expect(found.sums.map(\.high) == expected.sums.map(\.high))
      #expect(found.sums.map(\.low) == expected.sums.map(\.low))
      #expect(try found.mean() == expected.mean())
    }
  }

  @Test func anyGroupingGivesTheSameBits() throws {
    let expected = try sum(0..<24).mean()
    for trial in 0..<50 {
      var stream = Fixture.key.at("groups").at(trial).generator
      var groups = [[Int]](repeating: [], count: 1 + stream.below(7))
      for index in Fixture.key.at("order").at(trial).permutation(of: 24) {
        groups[stream.below(groups.count)].append(index)
      }
      // A tree of relays: partial sums merged pairwise in random order.
      var partial = try groups.map(sum)
      while partial.count > 1 {
        let other = partial.remove(at: stream.below(partial.count))
        try partial[stream.below(partial.count)].merge(other)
      }
      #expect(partial[0].updateCount == 24)
      #expect(try partial[0].mean() == expected)
    }
  }

  @Test(arguments: [1, 3, 8, 24]) func severalInOnePassGiveTheSameBits(size: Int) throws {
    let expected = try sum(0..<24)
    var accumulator = try ExactAccumulator(like: deltas[0])
    for start in stride(from: 0, to: 24, by: size) {
      let updates = zip(deltas, weights).map { (delta: $0, weight: $1) }[start..<start + size]
      for update in updates { try accumulator.check(update.delta, weight: update.weight) }
      accumulator.foldChecked(Array(updates))
    }
    #expect(accumulator.sums.map(\.high) == expected.sums.map(\.high))
    #expect(accumulator.sums.map(\.low) == expected.sums.map(\.low))
    #expect(accumulator.updateCount == 24)
    #expect(try accumulator.mean() == expected.mean())
  }

  /// Beyond 2^28 the sum's upper word has more bits than float64.
  @Test(arguments: [1, 7, 8, 9, 40]) func largeSumsAreExact(count: Int) throws {
    let value = Float(0x1p16).nextDown
    // More than a block of the kernel, whose elements are small but for one.
    let delta: ParameterTree<HostTensor> = [
      "x": HostTensor((0..<1500).map { $0 == 1200 ? value : Float($0) }, shape: [1500])
    ]
    var accumulator = try ExactAccumulator(like: delta)
    for _ in 0..<count { try accumulator.fold(delta, weight: 1 << 10) }
    #expect(try accumulator.mean() == delta)
  }

  /// The reference: double-double sums of the exact products, one division, one rounding.
  @Test func errorIsBelowFloat32sOwn() throws {
    let mean = try sum(0..<24).mean()
    let total = Double(weights.reduce(0, +))
    for name in ["conv.weight", "fc.bias", "norm.running_var"] {
      let found = try #require(try mean[name]?.floats())
      let inputs = try deltas.map { try #require(try $0[name]?.floats()) }
      for element in found.indices {
        var high = 0.0
        var low = 0.0
        for (delta, weight) in zip(inputs, weights) {
          let product = Double(delta[element]) * Double(weight)
          let sum = high + product
          let part = sum - high
          low += (high - (sum - part)) + (product - part)
          high = sum
        }
        let exact = (high + low) / total
        let rounded = Float(exact)
        // Half a unit in the last place is float32's own rounding; the sum may add 2^-57 to it.
        #expect(abs(Double(found[element]) - exact) <= Double(rounded.ulp) / 2 + 0x1p-57)
      }
    }
  }

  @Test func everyMultipleOfTheUnitIsExact() throws {
    // Sums that float32 and float64 would both lose: 2^20 and 2^-40 in one mean.
    var accumulator = try ExactAccumulator(like: ["x": HostTensor([0], shape: [1])])
    for value in [0x1p20, 0x1p-40, -0x1p20] as [Float] {
      try accumulator.fold(["x": HostTensor([value], shape: [1])], weight: 1)
    }
    #expect(try accumulator.mean()["x"]?.floats() == [Float(0x1p-40 / 3)])
  }

  @Test func countersAreAveragedAsIntegers() throws {
    var accumulator = try ExactAccumulator(like: ["n": Fixture.counter(0)])
    try accumulator.fold(["n": Fixture.counter(10)], weight: 3)
    try accumulator.fold(["n": Fixture.counter(5)], weight: 3)
    #expect(try accumulator.mean() == ["n": Fixture.counter(8)])
    try accumulator.fold(["n": Fixture.counter(-1000)], weight: 1)
    #expect(try accumulator.mean() == ["n": Fixture.counter(-136)])
  }

  @Test func countersOfLargeShardsAreFolded() throws {
    // Two epochs over 50,000 examples in batches of 64: 1,564 batches, weighted by the examples.
    var accumulator = try ExactAccumulator(like: ["n": Fixture.counter(0)])
    try accumulator.fold(["n": Fixture.counter(1564)], weight: 50_000)
    try accumulator.fold(["n": Fixture.counter(8_000_000)], weight: ExactAccumulator.largestWeight)
    #expect(throws: TributaryError.self) {
      try accumulator.fold(["n": Fixture.counter(.max)], weight: 1)
    }
    #expect(accumulator.updateCount == 2)
    #expect(try accumulator.mean() == ["n": Fixture.counter(7_999_255)])
  }

  @Test func unalignedBytesGiveTheSameSum() throws {
    let values: [Float] = [0.25, -1.5, 3]
    let shifted = Bytes(
      copying: [0] + values.flatMap { value in withUnsafeBytes(of: value) { Array($0) } })
    let tensor = try HostTensor(dtype: .float32, shape: [3], bytes: shifted[1..<13])
    var accumulator = try ExactAccumulator(like: ["x": tensor])
    try accumulator.fold(["x": tensor], weight: 2)
    #expect(try accumulator.mean()["x"]?.floats() == values)
  }
}

@Suite struct ExactAccumulatorRefusalTests {
  private func code(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return (error as? TributaryError)?.code
    }
  }

  private func folding(_ delta: ParameterTree<HostTensor>, weight: Int = 1) -> String? {
    var accumulator: ExactAccumulator?
    let before: ParameterTree<HostTensor> = [
      "a": HostTensor([1, 2], shape: [2]), "b": HostTensor([3], shape: [1]),
    ]
    let found = code {
      accumulator = try ExactAccumulator(like: before)
      try accumulator?.fold(before, weight: 1)
      try accumulator?.fold(delta, weight: weight)
    }
    // What is refused leaves nothing behind.
    if found != nil { #expect((try? accumulator?.mean()) == before) }
    return found
  }

  @Test func refusesWhatIsNotAnUpdate() throws {
    let a = HostTensor([1, 2], shape: [2])
    let b = HostTensor([3], shape: [1])
    #expect(folding(["a": a, "b": b]) == nil)
    #expect(folding(["a": a]) == "update.names")
    #expect(folding(["a": a, "b": b, "c": b]) == "update.names")
    #expect(folding(["a": a, "c": b]) == "update.names")
    #expect(folding(["a": HostTensor([1, 2], shape: [1, 2]), "b": b]) == "update.shape")
    #expect(folding(["a": a, "b": Fixture.counter(1)]) == "update.dtype")
    for value in [Float.nan, .infinity, -.infinity, .signalingNaN] {
      #expect(folding(["a": a, "b": HostTensor([value], shape: [1])]) == "update.nonFinite")
    }
    #expect(folding(["a": a, "b": HostTensor([3e38], shape: [1])]) == "update.range")
    #expect(folding(["a": a, "b": HostTensor([1], shape: [1])], weight: 1 << 27) == "update.range")
    #expect(folding(["a": a, "b": b], weight: 0) == "update.weight")
    #expect(folding(["a": a, "b": b], weight: -1) == "update.weight")
    #expect(folding(["a": a, "b": b], weight: 1 << 29) == "update.weight")
  }

  @Test func overflowIsRefusedBeforeItHappens() throws {
    let large: ParameterTree<HostTensor> = ["x": HostTensor([0x1p26], shape: [1])]
    var accumulator = try ExactAccumulator(like: large)
    try accumulator.fold(large, weight: 1)
    // Doubling by merging with itself reaches any bound quickly.
    var doublings = 0
    let refused = code {
      for _ in 0..<20 {
        let copy = accumulator
        try accumulator.merge(copy)
        doublings += 1
      }
    }
    #expect(refused == "update.overflow")
    #expect(doublings == 11)
    #expect(try accumulator.mean()["x"]?.floats() == [0x1p26])
  }

  @Test func meanOfNothingIsAnError() throws {
    let empty = try ExactAccumulator(like: ["x": HostTensor([0], shape: [1])])
    #expect(code { _ = try empty.mean() } == "update.none")
  }

  @Test func onlyFloat32AndCountersMove() throws {
    let half = try HostTensor(dtype: .float16, shape: [1], bytes: Bytes(copying: [UInt16(0)]))
    #expect(code { _ = try ExactAccumulator(like: ["x": half]) } == "update.dtype")
  }
}

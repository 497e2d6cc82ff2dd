import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

struct StochasticDepthTests {
  private let key = RandomKey(seed: 11).at("depth")

  @Test func examplesFallWhereTheWordsSay() {
    let x = Reference.random([50, 3, 2, 2], "x")
    let y = stochasticDepth(x, probability: 0.25, key: key).floats()
    var words = key.generator
    for (example, values) in x.floats().split(by: 12).enumerated() {
      let falls = words.nextWord() < 0x4000_0000
      let expected = values.map { falls ? 0 : $0 * (1 / 0.75 as Float) }
      #expect(Array(y[(12 * example)..<(12 * example + 12)]) == expected)
    }
  }

  @Test func dropsTheShareAskedFor() {
    let count = 20_000
    let y = stochasticDepth(.ones([count, 1]), probability: 0.2, key: key).floats()
    #expect(abs(Double(y.count { $0 == 0 }) / Double(count) - 0.2) < 0.01)
    #expect(Set(y) == [0, 1.25])
  }

  @Test func dependsOnKeyAndNothingElse() {
    let x = Reference.random([64, 20, 5, 5], "x")
    let results = [1, 2, 3].map { threads in
      ComputeThreads.pin(threads)
      return stochasticDepth(x, probability: 0.5, key: key).floats()
    }
    ComputeThreads.pin(1)
    #expect(results[0] == results[1] && results[0] == results[2])
    let blocked = x.converted(to: .blocked(OneDNN.channelBlock))
    #expect(stochasticDepth(blocked, probability: 0.5, key: key).floats() == results[0])
    #expect(stochasticDepth(x, probability: 0.5, key: key.at(1)).floats() != results[0])
    #expect(stochasticDepth(x, probability: 0, key: key).floats() == x.floats())
  }

  @Test func gradientFallsAlike() {
    let x = Tensor.ones([40, 3]).variable()
    let y = stochasticDepth(x, probability: 0.5, key: key)
    #expect(gradient(of: y, at: [x])[0].floats() == y.floats())
  }

  /// What was zero stays zero whatever fell: infinities of a dropped branch do not come through.
  @Test func aDroppedBranchIsZero() {
    let y = stochasticDepth(.full([64], .infinity), probability: 0.5, key: key).floats()
    #expect(Set(y) == [0, .infinity])
  }
}

extension [Float] {
  fileprivate func split(by size: Int) -> [[Float]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<($0 + size)]) }
  }
}

import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

struct DropoutTests {
  private let key = RandomKey(seed: 9).at("dropout")

  @Test func fallsWhereTheWordsSay() {
    let count = 1000
    let values = dropout(.ones([count]), probability: 0.3, key: key).floats()
    var stream = key.generator
    // Two draws of 16 bits a word, the low one first; 0.3 is 19661 of 65536.
    let kept = Float(65536) / Float(65536 - 19661)
    for pair in stride(from: 0, to: count, by: 2) {
      let word = stream.nextWord()
      #expect(values[pair] == (word & 0xffff < 19661 ? 0 : kept))
      #expect(values[pair + 1] == (word >> 16 < 19661 ? 0 : kept))
    }
  }

  @Test func doesNotDependOnThreads() {
    let x = Reference.random([123_457], "x")
    let results = [1, 2, 3].map { threads in
      ComputeThreads.pin(threads)
      return dropout(x, probability: 0.1, key: key).floats()
    }
    ComputeThreads.pin(1)
    #expect(results[0] == results[1] && results[0] == results[2])
    let kept = results[0].count { $0 != 0 }
    #expect(abs(Double(kept) / 123_457 - 0.9) < 0.005)
  }

  @Test func gradientFallsAlike() {
    let x = Tensor.ones([100]).variable()
    let y = dropout(x, probability: 0.5, key: key)
    #expect(gradient(of: y, at: [x])[0].floats() == y.floats())
  }

  @Test func certainFallsAndNoneAreBounded() {
    #expect(dropout(.ones([64]), probability: 1e-7, key: key).floats().allSatisfy { $0 == 1 })
    #expect(dropout(.ones([64]), probability: 0.99999994, key: key).isFinite)
  }

  /// Attention draws inside its fused loop; the second-order way must draw the same.
  @Test func attentionsTwoWaysAgree() {
    let inputs = ["q", "k", "v"].map { Reference.random([2, 3, 5, 4], $0).variable() }
    let mask = Tensor([1, 1, 1, 0, 0, 1, 1, 1, 1, 1] as [Float], shape: [2, 5])
    func run(_ createGraph: Bool) -> [[Float]] {
      let y = attention(
        query: inputs[0], key: inputs[1], value: inputs[2], mask: mask, dropout: 0.4,
        randomKey: key)
      return gradient(of: y.squared().sum(), at: inputs, createGraph: createGraph).map {
        $0.floats()
      }
    }
    for (fused, composed) in zip(run(false), run(true)) {
      #expect(difference(fused, composed, absolute: 1e-5, relative: 1e-4) == nil)
    }
  }
}

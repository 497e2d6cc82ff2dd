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
    for value in values {
      let falls = stream.nextWord() < UInt32(Double(Float(0.3)) * 0x1p32)
      #expect(value == (falls ? 0 : 1 / (1 - 0.3 as Float)))
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

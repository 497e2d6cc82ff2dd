import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

struct AttentionRunTests {
  struct Sizes: Sendable {
    var length: Int
    var span: Int
    var width: Int
    var isCausal = false
  }

  /// The fused way, head by head, against the way through differentiable operators: values, and first gradients.
  @Test(arguments: [
    Sizes(length: 32, span: 32, width: 32), Sizes(length: 33, span: 47, width: 20),
    Sizes(length: 1, span: 19, width: 64), Sizes(length: 7, span: 9, width: 16, isCausal: true),
    Sizes(length: 70, span: 70, width: 40, isCausal: true),
  ])
  func fusedEqualsComposed(_ sizes: Sizes) {
    // Views of [B, T, H, D], as layers make them.
    let inputs = [("q", sizes.length), ("k", sizes.span), ("v", sizes.span)].map { name, rows in
      Reference.random([2, rows, 3, sizes.width], name).permuted([0, 2, 1, 3]).variable()
    }
    var open = [Float](repeating: 1, count: 2 * sizes.span)
    open[sizes.span - 1] = 0
    open[sizes.span + 2] = 0
    let mask = Tensor(open, shape: [2, sizes.span])
    let seed = Reference.random([2, 3, sizes.length, sizes.width], "seed")
    func run(_ createGraph: Bool) -> [[Float]] {
      let y = attention(
        query: inputs[0], key: inputs[1], value: inputs[2], mask: mask, dropout: 0.2,
        randomKey: RandomKey(seed: 4), isCausal: sizes.isCausal)
      let gradients = gradient(of: y, at: inputs, seed: seed, createGraph: createGraph)
      return gradients.map { $0.floats() }
    }
    for (fused, composed) in zip(run(false), run(true)) {
      #expect(difference(fused, composed, absolute: 1e-5, relative: 1e-4) == nil)
    }
  }

  @Test func aCausalQuerySeesNothingLater() {
    let (q, k) = (Reference.random([1, 1, 3, 4], "q"), Reference.random([1, 1, 5, 4], "k"))
    let value = Tensor((0..<5).map(Float.init), shape: [1, 1, 5, 1])
      .broadcast(to: [1, 1, 5, 4])
    let whole = attention(query: q, key: k, value: value, isCausal: true).floats()
    // Query 0 of the last three of five tokens sees three keys.
    let first = attention(
      query: q.sliced(axis: 2, 0..<1), key: k.sliced(axis: 2, 0..<3),
      value: value.sliced(axis: 2, 0..<3)
    ).floats()
    #expect(difference(Array(whole[0..<4]), first, absolute: 1e-6) == nil)
  }
}

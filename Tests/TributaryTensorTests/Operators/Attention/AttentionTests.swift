import Testing
import TributaryCore
import TributaryTensor
import TributaryTestKit

/// Causal attention against what it is defined by: attention of every query on its own.
@Suite struct AttentionTests {
  private let batch = 2
  private let heads = 3
  private let span = 7
  private let width = 4

  private func values(_ name: String, _ length: Int) -> Tensor {
    let shape: Shape = [batch, heads, length, width]
    let key = RandomKey(seed: 3).at(name)
    var stream = key.generator
    return Tensor((0..<shape.elementCount).map { _ in 2 * stream.uniform() - 1 }, shape: shape)
  }

  private func rowByRow(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ mask: Tensor?
  ) -> Tensor {
    let length = query.shape[2]
    let rows = (0..<length).map { row in
      let seen = 0..<(span - length + row + 1)
      return attention(
        query: query.sliced(axis: 2, row..<(row + 1)), key: key.sliced(axis: 2, seen),
        value: value.sliced(axis: 2, seen), mask: mask?.sliced(axis: 1, seen))
    }
    return Tensor.concatenated(rows, axis: 2)
  }

  @Test(arguments: [1, 3, 7], [false, true])
  func equalsAttentionOfEveryQueryToItsPast(length: Int, isMasked: Bool) throws {
    let mask =
      isMasked
      ? Tensor([1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 1, 1] as [Float], shape: [2, 7]) : nil
    let parameters: ParameterTree<Tensor> = [
      "q": values("q", length), "k": values("k", span), "v": values("v", span),
    ]
    let seed = values("seed", length)
    typealias Attend = (Tensor, Tensor, Tensor) -> Tensor
    func outcome(
      createGraph: Bool, _ attend: @escaping Attend
    ) throws -> [String: [Float]] {
      let (loss, gradients) = try valueAndGradient(
        of: { tree in
          (attend(try #require(tree["q"]), try #require(tree["k"]), try #require(tree["v"])) * seed)
            .sum()
        }, at: parameters, createGraph: createGraph)
      var results = ["loss": [loss.item]]
      for (name, gradient) in gradients { results[name] = gradient.floats() }
      return results
    }
    let expected = try outcome(createGraph: false) { self.rowByRow($0, $1, $2, mask) }
    for createGraph in [false, true] {
      let found = try outcome(createGraph: createGraph) {
        attention(query: $0, key: $1, value: $2, mask: mask, isCausal: true)
      }
      for (name, values) in expected {
        let text = difference(found[name] ?? [], values, absolute: 1e-5)
        #expect(text == nil, "\(name)")
      }
    }
  }
}

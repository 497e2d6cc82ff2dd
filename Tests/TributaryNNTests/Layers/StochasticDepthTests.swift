import Testing
import TributaryCore
import TributaryTensor

@testable import TributaryNN

@Suite struct StochasticDepthTests {
  private let x = Tensor.ones([200, 4])
  private let tree: ParameterTree<Tensor> = ["w": Tensor.ones([1])]

  private func dropped(_ name: String, seed: UInt64 = 1) throws -> [Float] {
    let pass = Pass(
      parameters: tree, mode: .training(trainable: ["w"]), key: RandomKey(seed: seed))
    _ = try pass("w")
    return StochasticDepth(name, probability: 0.25)(x, pass).floats()
  }

  @Test func isInactiveInInferenceAndInAFrozenPrefix() throws {
    let layer = StochasticDepth("d", probability: 0.5)
    #expect(layer(x, Pass(parameters: tree)).floats() == x.floats())
    let below = Pass(parameters: tree, mode: .training(trainable: ["w"]))
    #expect(layer(x, below).floats() == x.floats())
    _ = try below("w")
    #expect(layer(x, below).floats() != x.floats())
    #expect(StochasticDepth("d", probability: 0)(x, below).floats() == x.floats())
  }

  @Test func keepsTheMeanAndDependsOnKeyAndNameOnly() throws {
    let values = try dropped("d")
    let mean = values.reduce(0, +) / Float(values.count)
    #expect((mean - 1).magnitude < 0.12)
    #expect(values.allSatisfy { $0 == 0 || ($0 - 4 / 3).magnitude < 1e-6 })
    #expect(try dropped("d") == values)
    #expect(try dropped("d", seed: 2) != values)
    #expect(try dropped("e") != values)
  }

  @Test func wholeExamplesFall() throws {
    let values = try dropped("d")
    for example in 0..<200 {
      #expect(Set(values[(4 * example)..<(4 * example + 4)]).count == 1)
    }
  }
}

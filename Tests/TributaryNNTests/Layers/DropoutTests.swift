import Testing
import TributaryCore
import TributaryTensor

@testable import TributaryNN

@Suite struct DropoutTests {
  private let x = Tensor.ones([100, 100])
  private let tree: ParameterTree<Tensor> = ["w": Tensor.ones([1])]

  private func pass(_ trainable: Set<String>, seed: UInt64 = 1) -> Pass {
    Pass(parameters: tree, mode: .training(trainable: trainable), key: RandomKey(seed: seed))
  }

  @Test func isInactiveInInferenceAndInAFrozenPrefix() throws {
    let layer = Dropout("d", probability: 0.5)
    #expect(try layer(x, Pass(parameters: tree)).floats() == x.floats())
    let below = pass(["w"])
    #expect(try layer(x, below).floats() == x.floats())
    _ = try below("w")
    #expect(try layer(x, below).floats() != x.floats())
  }

  @Test func isActiveInFrontOfATrainableHead() throws {
    let layer = Dropout("d", probability: 0.5, guarding: "w")
    #expect(layer.isActive(in: pass(["w"])))
    #expect(!layer.isActive(in: pass([])))
  }

  @Test func keepsTheMeanAndDependsOnKeyAndNameOnly() throws {
    func dropped(_ name: String, seed: UInt64) throws -> [Float] {
      try Dropout(name, probability: 0.25, guarding: "w")(x, pass(["w"], seed: seed)).floats()
    }
    let values = try dropped("d", seed: 1)
    let mean = values.reduce(0, +) / Float(values.count)
    #expect((mean - 1).magnitude < 0.03)
    #expect(values.allSatisfy { $0 == 0 || ($0 - 4 / 3).magnitude < 1e-6 })
    #expect(try dropped("d", seed: 1) == values)
    #expect(try dropped("d", seed: 2) != values)
    #expect(try dropped("e", seed: 1) != values)
  }
}

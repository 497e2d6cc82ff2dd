import Testing
import TributaryCore
import TributaryTensor

@testable import TributaryNN

@Suite struct BatchNorm2DTests {
  @Test func runsInInferenceModeWhereItsWeightDoesNotTrain() throws {
    let layer = BatchNorm2D("n", channels: 2)
    let tree = ParameterTree(
      try layer.tensors.map { ($0.name, try Tensor($0.makeTensor(key: RandomKey(seed: 1)))) })
    let x = formula("x", [3, 2, 4, 4])
    let expected = try layer(x, Pass(parameters: tree)).floats()
    let frozen = Pass(parameters: tree, mode: .training(trainable: ["n.bias", "other"]))
    #expect(try layer(x, frozen).floats() == expected)
    #expect(frozen.bufferUpdates.isEmpty)
    let training = Pass(parameters: tree, mode: .training(trainable: ["n.weight"]))
    #expect(try layer(x, training).floats() != expected)
    #expect(Set(training.bufferUpdates.keys) == ["n.running_mean", "n.running_var"])
  }

  @Test func appliesReLUInTheSamePass() throws {
    let layer = BatchNorm2D("n", channels: 2)
    let tree = ParameterTree(
      try layer.tensors.map { ($0.name, try Tensor($0.makeTensor(key: RandomKey(seed: 1)))) })
    let x = formula("x", [3, 2, 4, 4])
    for mode in [Pass.Mode.inference, .training(trainable: ["n.weight"])] {
      let plain = try layer(x, Pass(parameters: tree, mode: mode)).floats()
      let rectified = try layer(x, relu: true, Pass(parameters: tree, mode: mode)).floats()
      #expect(rectified == plain.map { max(0, $0) })
    }
  }
}

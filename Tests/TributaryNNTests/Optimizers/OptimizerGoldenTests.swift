import Testing
import TributaryCore
import TributaryTensor
import TributaryTestKit

@testable import TributaryNN

/// Six steps of every optimiser against torch's, with a tensor that joins in the third step.
@Suite struct OptimizerGoldenTests {
  private func check(
    _ name: String, _ make: () -> any Optimizer, learningRate: Float
  ) throws {
    let golden = try GoldenTensors("optimizers.safetensors")
    let shapes: [String: Shape] = ["w": [7, 5], "b": [3]]
    var parameters = ParameterTree<Tensor>(shapes.map { ($0.key, formula($0.key, $0.value)) })
    let untouched = parameters
    var optimizer = make()
    var rate = learningRate
    for step in 0..<6 {
      if step > 0 { rate *= 0.9 }
      let names = step < 2 ? ["w"] : ["w", "b"]
      let gradients = ParameterTree(
        names.map { ($0, formula("gradient.\($0).\(step)", shapes[$0] ?? [])) })
      optimizer.step(&parameters, gradients: gradients, learningRate: rate)
      for (key, value) in parameters {
        let expected = try golden.floats("\(name)/\(step)/\(key)")
        let text = difference(
          value.floats(), expected, absolute: 1e-6, relative: 1e-6)
        #expect(text == nil, "\(name) step \(step) \(key)")
      }
    }
    // Steps in place must not reach a copy.
    for (key, value) in untouched { #expect(value.floats() == signed(key, shapes[key] ?? [])) }
  }

  @Test func sgd() throws {
    try check("sgd", { SGD() }, learningRate: 0.1)
    try check("sgd-momentum", { SGD(momentum: 0.9, weightDecay: 0.01) }, learningRate: 0.1)
    try check(
      "sgd-nesterov", { SGD(momentum: 0.9, nesterov: true, weightDecay: 0.001) },
      learningRate: 0.1)
  }

  @Test func adamW() throws {
    try check("adamw", { AdamW() }, learningRate: 0.01)
    try check(
      "adamw-other", { AdamW(beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1) },
      learningRate: 0.01)
  }
}

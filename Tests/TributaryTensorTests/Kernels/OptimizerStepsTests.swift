import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

struct OptimizerStepsTests {
  private let start: [Float] = (0..<37).map { Float($0) * 0.1 - 1.5 }
  private let gradients: [[Float]] = (0..<3).map { step in
    (0..<37).map { Float(($0 * 7 + step * 5) % 11) * 0.3 - 1.2 }
  }

  @Test(
    arguments: [(0, 0, false), (0.9, 0.01, false), (0.9, 0.01, true)] as [(Float, Float, Bool)])
  func sgdEqualsItsFormula(momentum: Float, decay: Float, nesterov: Bool) {
    var parameter = Tensor(start, shape: [37])
    var velocity: Tensor?
    var expected = start.map(Double.init)
    var buffer = [Double](repeating: 0, count: 37)
    for (step, gradient) in gradients.enumerated() {
      sgdStep(
        &parameter, gradient: Tensor(gradient, shape: [37]), velocity: &velocity, learningRate: 0.1,
        momentum: momentum, weightDecay: decay, nesterov: nesterov)
      for index in 0..<37 {
        var d = Double(gradient[index]) + Double(decay) * expected[index]
        if momentum != 0 {
          buffer[index] = step == 0 ? d : Double(momentum) * buffer[index] + d
          d = nesterov ? d + Double(momentum) * buffer[index] : buffer[index]
        }
        expected[index] -= 0.1 * d
      }
    }
    #expect(difference(parameter.floats(), expected.map { Float($0) }, absolute: 1e-6) == nil)
    #expect((velocity != nil) == (momentum != 0))
  }

  @Test func aSharedBufferIsCopiedFirst() {
    var parameter = Tensor.ones([4])
    let other = parameter
    var velocity: Tensor?
    sgdStep(&parameter, gradient: .ones([4]), velocity: &velocity, learningRate: 0.5)
    #expect(parameter.floats() == [0.5, 0.5, 0.5, 0.5])
    #expect(other.floats() == [1, 1, 1, 1])
  }

  @Test func anOwnBufferStaysInPlace() {
    var parameters: ParameterTree<Tensor> = ["w": .ones([100])]
    let before = parameters["w"]?.storage.pointer
    parameters.updateValues { _, value in
      var velocity: Tensor?
      sgdStep(&value, gradient: .ones([100]), velocity: &velocity, learningRate: 1)
    }
    #expect(parameters["w"]?.storage.pointer == before)
    #expect(parameters["w"]?.floats().allSatisfy { $0 == 0 } == true)
  }

  /// What a kernel cached of the old weights must not outlive a step.
  @Test func aStepInvalidatesConvertedWeights() {
    let x = Tensor.ones([1, 16, 4, 4])
    var weight = Tensor.ones([16, 16, 1, 1])
    var velocity: Tensor?
    #expect(conv2d(x, weight: weight).floats()[0] == 16)
    sgdStep(&weight, gradient: .ones([16, 16, 1, 1]), velocity: &velocity, learningRate: 1)
    #expect(conv2d(x, weight: weight).floats()[0] == 0)
    var matrix = Tensor.ones([512, 128])
    let rows = Tensor.ones([128, 128])
    #expect(linear(rows, weight: matrix).floats()[0] == 128)
    sgdStep(&matrix, gradient: .ones([512, 128]), velocity: &velocity, learningRate: 1)
    #expect(linear(rows, weight: matrix).floats()[0] == 0)
  }
}

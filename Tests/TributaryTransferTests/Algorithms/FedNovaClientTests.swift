import Testing
import TributaryPlan

@testable import TributaryTransfer

@Suite struct FedNovaClientTests {
  /// The weights with which gradients enter x₀ − x_τ, in units of the learning rate, step by step: ‖a‖₁ by its definition.
  private func normalizer(steps: Int, _ plan: LocalPlan) -> Double {
    let rate = plan.optimizer.learningRate
    return (0..<steps).reduce(0.0) { sum, source in
      // One gradient of 1 in step `source`, none in the others.
      var (x, velocity) = (0.0, 0.0)
      for step in 0..<steps {
        let gradient = (step == source ? 1.0 : 0.0) + plan.proximal * x
        velocity = plan.optimizer.momentum * velocity + gradient
        x -= rate * velocity
      }
      return sum - x / rate
    }
  }

  @Test(arguments: [1, 2, 7, 40]) func plainStepsCountOne(_ steps: Int) {
    let plan = LocalPlan(optimizer: OptimizerPlan(learningRate: 0.1))
    #expect(FedNovaClient.normalizer(steps: steps, plan) == Double(steps))
    #expect(abs(normalizer(steps: steps, plan) - Double(steps)) < 1e-9)
  }

  @Test(arguments: [1, 2, 7, 40], [0.5, 0.9]) func momentumRepeatsGradients(
    _ steps: Int, _ momentum: Double
  ) {
    let plan = LocalPlan(optimizer: OptimizerPlan(learningRate: 0.1, momentum: momentum))
    let expected = normalizer(steps: steps, plan)
    #expect(abs(FedNovaClient.normalizer(steps: steps, plan) - expected) < 1e-9 * expected)
  }

  @Test(arguments: [1, 2, 7, 40], [0.1, 2.0]) func thePullForgetsThem(
    _ steps: Int, _ proximal: Double
  ) {
    let plan = LocalPlan(optimizer: OptimizerPlan(learningRate: 0.1), proximal: proximal)
    let expected = normalizer(steps: steps, plan)
    #expect(abs(FedNovaClient.normalizer(steps: steps, plan) - expected) < 1e-9 * expected)
  }

  @Test func byHand() {
    // ρ = 0.5, three steps: 1 + 0.5 + 0.25, 1 + 0.5, 1.
    let momentum = LocalPlan(optimizer: OptimizerPlan(learningRate: 0.1, momentum: 0.5))
    #expect(abs(FedNovaClient.normalizer(steps: 3, momentum) - 4.25) < 1e-12)
    // ημ = 0.2: 1 + 0.8 + 0.64.
    let proximal = LocalPlan(optimizer: OptimizerPlan(learningRate: 0.1), proximal: 2)
    #expect(abs(FedNovaClient.normalizer(steps: 3, proximal) - 2.44) < 1e-12)
  }
}

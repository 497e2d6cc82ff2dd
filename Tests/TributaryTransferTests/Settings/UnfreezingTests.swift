import Testing
import TributaryCore
import TributaryModels
import TributaryPlan

@testable import TributaryTransfer

@Suite struct UnfreezingTests {
  private func model(_ architecture: String) throws -> any Model {
    try ModelFolder.load(path: nil, architecture: architecture, classes: 5, key: RandomKey(seed: 0))
      .model
  }

  @Test func unfreezesFromTheTopDown() throws {
    let plan = try FreezePlan(
      model: model("cifar-resnet8"), transfer: TransferPlan(unfreezeEvery: 2))
    #expect(plan.unfrozen(at: 1).trainable == ["linear.weight", "linear.bias"])
    #expect(plan.unfrozen(at: 1).buffers.isEmpty)
    let second = plan.unfrozen(at: 2)
    #expect(second.trainable.contains("layer3.0.conv1.weight"))
    #expect(second.buffers.contains("layer3.0.bn1.running_mean"))
    #expect(!second.trainable.contains("layer2.0.conv1.weight"))
    #expect(plan.unfrozen(at: 8).trainable == plan.trainable)
  }
}

import Testing
import TributaryCore
import TributaryModels
import TributaryNN
import TributaryPlan

@testable import TributaryTransfer

@Suite struct BackboneBlocksTests {
  private func model(_ architecture: String) throws -> any Model {
    try ModelFolder.load(path: nil, architecture: architecture, classes: 5, key: RandomKey(seed: 0))
      .model
  }

  @Test func everyTensorOfTheBackboneIsInOneBlock() throws {
    for name in ["cifar-resnet8", "fedavg-cnn", "resnet18", "vgg11_bn", "alexnet", "mobilenet_v2"] {
      guard let model = try? model(name) else { continue }
      let blocks = BackboneBlocks(model).blocks
      let names = blocks.flatMap { $0 }
      #expect(Set(names).count == names.count, "\(name)")
      #expect(
        Set(names) == Set(model.tensors.map(\.name)).subtracting(model.headTensorNames), "\(name)")
      #expect(blocks.count >= 3, "\(name): \(blocks.count)")
    }
  }

  @Test func residualBlocksAndTheStem() throws {
    let blocks = BackboneBlocks(try model("cifar-resnet8"))
    #expect(blocks.blocks.count == 4)
    #expect(Set(blocks.blocks[0].map { $0.prefix { $0 != "." } }) == ["conv1", "bn1"])
    #expect(blocks.place(of: "layer3.0.conv2.weight") == 3)
    #expect(blocks.place(of: "linear.weight") == nil)
  }

  @Test func ratesDecayFromTheTop() throws {
    let plan = try FreezePlan(
      model: model("cifar-resnet8"), transfer: TransferPlan(backboneRate: 0.5, blockDecay: 0.1))
    #expect(plan.rates["layer3.0.conv1.weight"] == 0.5)
    #expect(abs((plan.rates["layer2.0.conv1.weight"] ?? 0) - 0.05) < 1e-7)
    #expect(plan.rates["linear.weight"] == nil)
    #expect(try FreezePlan(model: model("cifar-resnet8"), transfer: TransferPlan()).rates.isEmpty)
  }
}

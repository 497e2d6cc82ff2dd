import Testing
import TributaryCore
import TributaryModels
import TributaryNN
import TributaryPlan
import TributaryTransfer

@Suite struct FreezePlanTests {
  private func model() throws -> any Model {
    try ModelFolder.load(
      path: nil, architecture: "cifar-resnet8", classes: 5, key: RandomKey(seed: 0)
    ).model
  }

  @Test func headMovesTheClassifierAlone() throws {
    let plan = try FreezePlan(model: model(), transfer: TransferPlan(method: .head))
    #expect(plan.trainable == ["linear.weight", "linear.bias"])
    #expect(plan.buffers.isEmpty && plan.isHeadOnly)
  }

  @Test func fineTuneMovesEverything() throws {
    let model = try model()
    let plan = try FreezePlan(model: model, transfer: TransferPlan(method: .fineTune))
    #expect(model.tensors.allSatisfy { plan.moves($0.name) })
    #expect(plan.buffers.contains("bn1.running_mean") && !plan.isHeadOnly)
  }

  @Test func patternsMoveWhatTheyNameWithItsBuffersAndTheClassifier() throws {
    let plan = try FreezePlan(
      model: model(), transfer: TransferPlan(method: .fineTune, trainable: ["layer3.*"]))
    #expect(plan.trainable.contains("layer3.0.conv1.weight"))
    #expect(plan.trainable.contains("linear.weight"))
    #expect(plan.buffers.contains("layer3.0.bn1.running_var"))
    #expect(!plan.moves("layer2.0.bn1.running_var") && !plan.moves("conv1.weight"))
  }

  @Test func lastBlocksNormsAndBiases() throws {
    let last = try FreezePlan(model: model(), transfer: TransferPlan(lastBlocks: 1))
    #expect(
      last.trainable.contains("layer3.0.bn2.weight") && last.trainable.contains("linear.bias"))
    #expect(!last.moves("layer2.0.conv1.weight"))
    let bias = try FreezePlan(model: model(), transfer: TransferPlan(method: .bias))
    #expect(bias.trainable.contains("layer1.0.bn1.bias") && bias.buffers.isEmpty)
    #expect(bias.trainable.allSatisfy { $0.hasSuffix(".bias") || $0 == "linear.weight" })
    let norms = try FreezePlan(model: model(), transfer: TransferPlan(method: .norms))
    #expect(norms.trainable.contains("bn1.weight") && norms.buffers.contains("bn1.running_mean"))
    #expect(!norms.trainable.contains("conv1.weight"))
    let frozen = try FreezePlan(model: model(), transfer: TransferPlan(batchNorm: .frozen))
    #expect(frozen.trainable.contains("conv1.weight") && frozen.buffers.isEmpty)
    #expect(!frozen.trainable.contains("bn1.weight"))
    let error = #expect(throws: TributaryError.self) {
      try FreezePlan(model: model(), transfer: TransferPlan(lastBlocks: 9))
    }
    #expect(error?.code == "transfer.lastBlocks")
  }

  @Test func personalTensorsMoveButAreNotShared() throws {
    let head = try FreezePlan(model: model(), transfer: TransferPlan(personal: ["head"]))
    #expect(head.personal == ["linear.weight", "linear.bias"])
    #expect(head.moves("linear.bias") && !head.isShared("linear.bias"))
    #expect(head.isShared("conv1.weight"))
    let norms = try FreezePlan(model: model(), transfer: TransferPlan(personal: ["norms"])).personal
    #expect(norms.contains("bn1.weight") && norms.contains("layer2.0.bn1.running_var"))
    #expect(!norms.contains("conv1.weight") && !norms.contains("linear.bias"))
    let layers = try FreezePlan(model: model(), transfer: TransferPlan(personal: ["layer3.*"]))
    #expect(layers.personal.allSatisfy { $0.hasPrefix("layer3.") } && !layers.personal.isEmpty)
    let (shared, fixed) = layers.split(ParameterTree(try model().tensors.map { ($0.name, 0) }))
    #expect(!shared.names.contains { $0.hasPrefix("layer3.") })
    #expect(Set(fixed.names) == layers.personal)
  }

  @Test(arguments: [
    TransferPlan(personal: ["nothing.like.it"]), TransferPlan(personal: ["*"]),
    TransferPlan(method: .head, personal: ["head"]),
    TransferPlan(method: .head, personal: ["norms"]),
  ])
  func personalPlansThatLeaveNothingAreRefused(_ transfer: TransferPlan) throws {
    let model = try model()
    let error = #expect(throws: TributaryError.self) {
      try FreezePlan(model: model, transfer: transfer)
    }
    #expect(error?.code == "transfer.personal")
  }

  @Test func splitLosesNothing() throws {
    let plan = try FreezePlan(
      model: model(), transfer: TransferPlan(method: .fineTune, trainable: ["*.bn2.*"]))
    let tensors = ParameterTree(try model().tensors.map { ($0.name, 0) })
    let (moving, frozen) = plan.split(tensors)
    #expect(moving.merging(frozen) == tensors && !moving.isEmpty && !frozen.isEmpty)
    #expect(moving.count + frozen.count == tensors.count)
  }

  @Test func aPatternThatMatchesNothingIsRefused() throws {
    let error = #expect(throws: TributaryError.self) {
      try FreezePlan(
        model: model(), transfer: TransferPlan(method: .fineTune, trainable: ["layer9.*"]))
    }
    #expect(error?.message.contains("layer9.*") == true)
  }
}

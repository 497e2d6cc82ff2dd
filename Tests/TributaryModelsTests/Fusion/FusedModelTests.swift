import Testing
import TributaryCore
import TributaryNN
import TributaryStorage
import TributaryTensor
import TributaryTestKit

@testable import TributaryModels

/// Features of several layers side by side.
@Suite struct FusedModelTests {
  private let folder = TemporaryFolder()

  private func loaded(_ architecture: String, classes: Int = 3) throws -> LoadedModel {
    try ModelFolder.load(
      path: nil, architecture: architecture, classes: classes,
      image: ImageRequest(channels: 3, height: 16, width: 16), key: RandomKey(seed: 4))
  }

  private let images: ModelInput = .images(
    Tensor((0..<(2 * 3 * 256)).map { Float(($0 * 29) % 17) / 17 }, shape: [2, 3, 16, 16]))

  private func pass(_ loaded: LoadedModel, _ layers: [String] = []) throws -> Pass {
    Pass(parameters: try loaded.tensors.mapValues { try Tensor($0) }, capturing: Set(layers))
  }

  @Test func featuresAreThePooledLayersAndItsOwn() throws {
    let plain = try loaded("cifar-resnet8")
    let layers = Array(plain.model.layerNames.prefix(2))
    let fused = try plain.fused(with: layers, key: RandomKey(seed: 1))
    let watching = try pass(plain, layers)
    let own = try plain.model.features(images, watching)
    let pooled = try layers.map { try #require(watching.captured[$0]).mean(axes: [2, 3]) }
    let found = try fused.model.features(images, pass(fused))
    #expect(found.floats() == Tensor.concatenated(pooled + [own], axis: 1).floats())
    #expect(found.shape == [2, fused.model.featureCount])
    #expect(fused.model.featureCount > plain.model.featureCount)
    #expect(fused.model.headTensorNames == ["fused.weight", "fused.bias"])
    let logits = try fused.model.logits(features: found, pass(fused))
    let (weight, bias) = (
      try Tensor(#require(fused.tensors["fused.weight"])),
      try Tensor(#require(fused.tensors["fused.bias"]))
    )
    let expected = linear(found, weight: weight, bias: bias)
    #expect(logits.floats() == expected.floats())
  }

  @Test func aTextsLayersAreMeansOverItsWords() throws {
    let test = try #require(ModelCase.all.first { $0.configuration.architecture == "distilbert" })
    let model = try ModelRegistry.make(test.configuration)
    let plain = LoadedModel(
      model: model, tensors: model.initialTensors(key: RandomKey(seed: 2)), assets: [:],
      freshTensors: [])
    let layer = try #require(model.layerNames.last)
    let fused = try plain.fused(with: [layer], key: RandomKey(seed: 1))
    let width = fused.model.featureCount - model.featureCount
    let short: ModelInput = .tokens([[5, 6, 7]], padding: 0)
    let padded: ModelInput = .tokens([[5, 6, 7], [5, 6, 7, 8, 9]], padding: 0)
    let alone = try fused.model.features(short, pass(fused)).floats().prefix(width)
    let beside = try fused.model.features(padded, pass(fused)).floats().prefix(width)
    #expect(zip(alone, beside).allSatisfy { abs($0 - $1) < 1e-5 } && width > 0)
  }

  @Test func aFolderKeepsIt() throws {
    let plain = try loaded("cifar-resnet8")
    let fused = try plain.fused(
      with: Array(plain.model.layerNames.prefix(2)), key: RandomKey(seed: 1))
    try ModelFolder.write(fused, to: folder("model"))
    let again = try ModelFolder.load(path: folder("model"), key: RandomKey(seed: 9))
    #expect(again.freshTensors.isEmpty && again.configuration.fusion == fused.configuration.fusion)
    #expect(
      try again.model.logits(images, pass(again)).floats()
        == fused.model.logits(images, pass(fused)).floats())
  }

  @Test func anUnknownLayerIsRefusedWithThoseThereAre() throws {
    let plain = try loaded("cifar-resnet8")
    let error = #expect(throws: TributaryError.self) {
      try plain.fused(with: ["layer9"], key: RandomKey(seed: 1))
    }
    #expect(error?.code == "transfer.head")
    #expect(error?.description.contains(plain.model.layerNames[0]) == true)
  }

  @Test(arguments: [
    #"[]"#, #"[{"layer": "layer9", "width": 4}]"#, #"[{"layer": "layer1.0", "width": 0}]"#,
    #"[{"layer": "layer1.0", "width": 8}, {"layer": "layer1.0", "width": 8}]"#,
  ])
  func aConfigurationThatCannotBeIsRefused(json: String) throws {
    var configuration = try loaded("cifar-resnet8").configuration
    configuration.fusion = try JSON(parsing: Bytes(copying: Array(json.utf8)), name: "test")
    #expect(throws: TributaryError.self) { try ModelRegistry.make(configuration) }
  }
}

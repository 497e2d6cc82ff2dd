import Testing
import TributaryCore
import TributaryNN
import TributaryStorage
import TributaryTensor
import TributaryTestKit

@testable import TributaryModels

/// Checkpoints with timm's names: every tensor finds its place, and the network gives what timm's gives.
@Suite struct TimmNamesTests {
  @Test(arguments: [
    ("densenet121", 48), ("inception_v3", 75), ("efficientnet_b0", 48), ("convnext_tiny", 48),
    ("vit_tiny_patch16_224", 48),
  ])
  func givesWhatTimmGives(architecture: String, size: Int) throws {
    let path = Golden.path("timm.json")
    let names = try JSON(parsing: FileMapping.bytes(of: path), name: path)[architecture]?.object
    let checkpoint = try #require(names).map { name, shape in
      let shape = Shape((shape.array ?? []).compactMap(\.integer))
      return (name, Formula.values(name, shape))
    }
    let model = try ModelRegistry.make(
      ModelConfiguration(
        architecture: architecture, classes: 5,
        image: try ModelRegistry.defaultImage(architecture, .init(height: size, width: size))))
    let filler = CheckpointFiller(model: model, head: .keep, key: RandomKey(seed: 1))
    let (tensors, fresh) = try filler.fill(
      from: .init(file: "timm", tensors: ParameterTree(checkpoint)))
    #expect(fresh == model.optionalTensorNames)
    let input = ModelInput.images(
      try Tensor(Formula.values("input", [2, 3, size, size])) * 2)
    let logits = try model.logits(
      input, Pass(parameters: try tensors.mapValues { try Tensor($0) }))
    let expected = try GoldenTensors("timm.safetensors").floats(architecture)
    let largest = expected.map(\.magnitude).max() ?? 0
    #expect(difference(logits.floats(), expected, absolute: 3e-5 * largest) == nil)
  }
}

import Testing
import TributaryCore
import TributaryNN
import TributaryStorage
import TributaryTensor
import TributaryTestKit

@testable import TributaryModels

/// Bare checkpoints with timm's names: every tensor finds its place, the number of classes is found, and the network
/// gives what timm's gives.
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
    let folder = TemporaryFolder()
    try SafetensorsFile.write(ParameterTree(checkpoint), to: folder("w.safetensors"))
    let loaded = try ModelFolder.load(
      path: folder("w.safetensors"), architecture: architecture,
      image: ImageRequest(height: size, width: size), key: RandomKey(seed: 1))
    #expect(loaded.configuration.classes == 5)
    #expect(loaded.freshTensors == loaded.model.optionalTensorNames)
    let input = ModelInput.images(
      try Tensor(Formula.values("input", [2, 3, size, size])) * 2)
    let logits = try loaded.model.logits(
      input, Pass(parameters: try loaded.tensors.mapValues { try Tensor($0) }))
    let expected = try GoldenTensors("timm.safetensors").floats(architecture)
    let largest = expected.map(\.magnitude).max() ?? 0
    #expect(difference(logits.floats(), expected, absolute: 3e-5 * largest) == nil)
    #expect(ModelFolder.architectures(of: folder("w.safetensors")) == [architecture])
  }
}

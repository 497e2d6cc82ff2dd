import Foundation
import Testing
import TributaryCore
import TributaryNN
import TributaryStorage
import TributaryTensor
import TributaryTestKit

@testable import TributaryModels

/// What is written loads into torchvision's and timm's networks, strictly, and predicts the same there.
@Suite struct ReferenceNetworkTests {
  private static let architectures = [
    ("densenet121", 32), ("inception_v3", 75), ("efficientnet_b0", 32), ("convnext_tiny", 32),
    ("vit_tiny_patch16_224", 32),
  ]

  @Test(.enabled(if: PythonReference.finds("torch", "safetensors", "torchvision", "timm")))
  func loadsStrictly() throws {
    let temporary = TemporaryFolder()
    for (architecture, size) in Self.architectures {
      let loaded = try ModelFolder.load(
        path: nil, architecture: architecture, classes: 4,
        image: ImageRequest(height: size, width: size), key: RandomKey(seed: 4))
      let folder = temporary(architecture)
      try ModelFolder.write(loaded, to: folder)
      let x = Formula.values("x", [2, 3, size, size])
      let logits = try loaded.model.logits(
        .images(Tensor(x)), Pass(parameters: try loaded.tensors.mapValues { try Tensor($0) }))
      try SafetensorsFile.write(
        ["x": x, "logits": logits.host()], to: "\(folder)/expected.safetensors")
    }
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("check_images_in_python.py").path
    let result = PythonReference.run(
      [script] + Self.architectures.map { temporary($0.0) })
    #expect(result.status == 0, "\(result.output)")
  }
}

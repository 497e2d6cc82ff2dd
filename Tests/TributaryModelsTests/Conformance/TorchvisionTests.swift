import Foundation
import Testing
import TributaryCore
import TributaryNN
import TributaryStorage
import TributaryTensor
import TributaryTestKit

@testable import TributaryModels

/// Image models in the libraries that they come from: what we write loads there, and what is published there loads
/// here.
@Suite struct TorchvisionTests {
  private static let cases = ModelCase.all.filter { test in
    ["resnet", "vgg", "alexnet", "squeezenet", "mobilenet"].contains {
      test.configuration.architecture.hasPrefix($0)
    }
  }

  @Test(.enabled(if: PythonReference.finds("torch", "safetensors", "torchvision")))
  func torchvisionLoadsWhatWeWrite() throws {
    #expect(Set(Self.cases.map(\.configuration.architecture)).count == 14)
    let folder = TemporaryFolder()
    for test in Self.cases {
      let model = try ModelRegistry.make(test.configuration)
      let loaded = LoadedModel(
        model: model,
        tensors: ParameterTree(model.tensors.map { ($0.name, Formula.values($0.name, $0.shape)) }),
        assets: [:], freshTensors: [])
      try ModelFolder.write(loaded, to: folder("models/\(test.name)"))
      guard case .images(let images) = try test.input() else { continue }
      let pass = Pass(parameters: try loaded.tensors.mapValues { try Tensor($0) })
      try SafetensorsFile.write(
        ["images": images.host(), "logits": model.logits(test.input(), pass).host()],
        to: folder("models/\(test.name)/expected.safetensors"))
    }
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("check_in_torchvision.py").path
    let run = PythonReference.run([script, folder("models")])
    #expect(run.status == 0, "\(run.output)")
  }

  @Test(arguments: [
    "mobilenetv2_050", "mobilenetv3_small_100", "mobilenetv3_large_100",
  ])
  func takesTimmsNames(name: String) throws {
    let (architecture, shapes) = try timm(name)
    let tensors = ParameterTree(shapes.map { ($0.name, Formula.values($0.name, $0.shape)) })
    let folder = TemporaryFolder()
    try SafetensorsFile.write(tensors, to: folder("w.safetensors"))
    let loaded = try ModelFolder.load(
      path: folder("w.safetensors"), architecture: architecture, key: RandomKey(seed: 0))
    #expect(loaded.freshTensors.isEmpty && loaded.configuration.classes == 3)
    let pass = Pass(parameters: try loaded.tensors.mapValues { try Tensor($0) })
    let images = try Tensor(Formula.values("input", [2, 3, 224, 224])) * 8
    let logits = try loaded.model.logits(.images(images), pass).floats()
    let expected = try GoldenTensors("timm_mobile.safetensors").floats(name)
    let size = expected.map(\.magnitude).max() ?? 0
    #expect(difference(logits, expected, absolute: 2e-5 * size) == nil)
  }

  @Test func takesTimmsNamesOfVGG() throws {
    let (architecture, shapes) = try timm("vgg11_bn")
    let entry = try ModelRegistry.entry(architecture)
    let dialect = try #require(entry.dialects.first)
    let model = try ModelRegistry.make(
      ModelConfiguration(
        architecture: architecture, classes: 3, image: ModelRegistry.defaultImage(architecture)))
    let found = shapes.map { "\(dialect.name($0.name) ?? "") \($0.shape.elementCount)" }
    #expect(found.sorted() == model.tensors.map { "\($0.name) \($0.shape.elementCount)" }.sorted())
    #expect(shapes.contains { $0.name == dialect.mark })
  }

  /// The architecture here of a network of timm's, and its tensors.
  private func timm(_ name: String) throws -> (String, [(name: String, shape: Shape)]) {
    let json = try JSON(
      parsing: FileMapping.bytes(of: Golden.path("timm_mobile.json")), name: "timm_mobile.json")
    let entries = (json[name]?["tensors"]?.object ?? []).filter {
      !$0.name.hasSuffix("num_batches_tracked")
    }
    return (
      try #require(json[name]?["architecture"]?.string),
      entries.map { ($0.name, Shape(($0.value.array ?? []).compactMap(\.integer))) }
    )
  }
}

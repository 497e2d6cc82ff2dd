import Foundation
import Testing
import TributaryCore
import TributaryStorage
import TributaryTestKit

@testable import TributaryModels

@Suite struct ModelConversionTests {
  private let key = RandomKey(seed: 1)

  private func write(_ architecture: String, to path: String) throws -> LoadedModel {
    let loaded = try ModelFolder.load(path: nil, architecture: architecture, classes: 3, key: key)
    try SafetensorsFile.write(loaded.tensors, to: path)
    return loaded
  }

  @Test func makesAFolderOfABareFileWhoseArchitectureAloneFits() throws {
    let folder = TemporaryFolder()
    let loaded = try write("cifar-resnet8", to: folder("w.safetensors"))
    #expect(ModelFolder.architectures(of: folder("w.safetensors")) == ["cifar-resnet8"])
    var conversion = ModelConversion(source: folder("w.safetensors"))
    conversion.dtype = .float16
    let converted = try conversion.run(to: folder("out"))
    #expect(converted.architecture == "cifar-resnet8")
    let half = try Weights(path: folder("out"))
    #expect(half.tensors.values.allSatisfy { $0.dtype == .float16 })
    let again = try ModelFolder.load(path: folder("out"), key: key)
    #expect(again.configuration == loaded.configuration)
    for (name, tensor) in loaded.tensors {
      let expected = try tensor.cast(to: .float16, name: name).cast(to: .float32, name: name)
      #expect(again.tensors[name] == expected, "\(name)")
    }
    #expect(throws: TributaryError.self) { try conversion.run(to: folder("out")) }
  }

  @Test func keepsWhatLiesBesideTheWeights() throws {
    let folder = TemporaryFolder()
    try SafetensorsFile.write(
      ["odd": HostTensor([1], shape: [1])], to: folder("in/model.safetensors"))
    for (name, text) in [
      ("config.json", #"{"model_type": "unheard-of", "torch_dtype": "float32"}"#),
      ("preprocessor_config.json", "{}"), ("merges.txt", "#v"), ("1_Pooling/config.json", "{}"),
    ] { try DurableFile.write(Bytes(copying: Array(text.utf8)), to: folder("in/\(name)")) }
    var conversion = ModelConversion(source: folder("in"))
    conversion.dtype = .bfloat16
    let converted = try conversion.run(to: folder("out"))
    #expect(converted.architecture == nil && converted.tensors == 1)
    #expect(
      DurableFile.names(in: folder("out"))
        == [
          "1_Pooling", "config.json", "merges.txt", "model.safetensors", "preprocessor_config.json",
        ])
    let config = try JSON(parsing: DurableFile.read(folder("out/config.json")), name: "c")
    #expect(config["torch_dtype"]?.string == "bfloat16")
  }

  @Test func writesTensorsAloneWhereNothingFits() throws {
    let folder = TemporaryFolder()
    try SafetensorsFile.write(["odd": HostTensor([1], shape: [1])], to: folder("w.safetensors"))
    let converted = try ModelConversion(source: folder("w.safetensors")).run(to: folder("out"))
    #expect(DurableFile.names(in: folder("out")) == ["model.safetensors"])
    #expect(converted.notes.contains { $0.contains("no known architecture") })
  }

  @Test func leavesNothingWhereItFails() throws {
    let folder = TemporaryFolder()
    try SafetensorsFile.write(["big": HostTensor([1e9], shape: [1])], to: folder("w.safetensors"))
    var conversion = ModelConversion(source: folder("w.safetensors"))
    conversion.dtype = .float16
    #expect(throws: TributaryError.self) { try conversion.run(to: folder("out")) }
    #expect(DurableFile.names(in: folder.path) == ["w.safetensors"])
  }
}

import Foundation
import Testing
import TributaryCore
import TributaryNN
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

  /// int8 weights, a scale a channel, the configuration for transformers; and back again.
  @Test func quantisesTheWeightsOfALinearLayersModel() throws {
    let folder = TemporaryFolder()
    let test = try #require(ModelCase.all.first { $0.name == "bert-cls" })
    let model = try ModelRegistry.make(test.configuration)
    let tensors = ParameterTree(model.tensors.map { ($0.name, Formula.values($0.name, $0.shape)) })
    try ModelFolder.write(
      LoadedModel(model: model, tensors: tensors, assets: [:], freshTensors: []), to: folder("in"))
    var conversion = ModelConversion(source: folder("in"))
    conversion.dtype = .int8
    let converted = try conversion.run(to: folder("int8"))
    let stored = try Weights(path: folder("int8")).tensors
    let matrices = tensors.filter {
      $0.hasSuffix(".weight") && $1.shape.rank == 2 && !$0.contains("embeddings")
    }
    #expect(stored.count == tensors.count + matrices.count && matrices.count == 14)
    #expect(
      converted.notes == ["14 of \(tensors.count) tensors became int8, with a scale a channel"])
    let again = try ModelFolder.load(path: folder("int8"), key: key)
    for (name, tensor) in tensors {
      guard let scale = try stored["\(name)_scale"]?.floats() else {
        #expect(stored[name] == tensor && again.tensors[name] == tensor, "\(name)")
        continue
      }
      #expect(stored[name]?.dtype == .int8 && scale.count == tensor.shape[0])
      let found = try #require(try again.tensors[name]?.floats())
      for (index, (a, b)) in zip(found, try tensor.floats()).enumerated() {
        #expect((a - b).magnitude <= 0.501 * scale[index / tensor.shape[1]], "\(name)")
      }
    }
    func quantization(_ bytes: Bytes?) throws -> JSON? {
      try JSON(parsing: #require(bytes), name: "config.json")["quantization_config"]
    }
    let config = try quantization(DurableFile.read(folder("int8/config.json")))
    #expect(config?["format"]?.string == "naive-quantized")
    // What is loaded is float32, and so is what is written of it.
    #expect(try quantization(again.assets["config.json"]) == nil)
    let back = try ModelConversion(source: folder("int8")).run(to: folder("back"))
    #expect(back.notes == ["14 int8 tensors became float32"])
    #expect(try quantization(DurableFile.read(folder("back/config.json"))) == nil)
    #expect(try Weights(path: folder("back")).tensors == again.tensors)
  }

  @Test(arguments: ["gpt2-lm", "unknown"]) func refusesInt8WhereItDoesNotFit(name: String) throws {
    let folder = TemporaryFolder()
    if let test = ModelCase.all.first(where: { $0.name == name }) {
      let model = try ModelRegistry.make(test.configuration)
      try ModelFolder.write(
        LoadedModel(
          model: model, tensors: model.initialTensors(key: key), assets: [:], freshTensors: []),
        to: folder("in"))
    } else {
      try SafetensorsFile.write(
        ["odd.weight": HostTensor([1], shape: [1, 1])], to: folder("in/model.safetensors"))
    }
    var conversion = ModelConversion(source: folder("in"))
    conversion.dtype = .int8
    let error = #expect(throws: TributaryError.self) { try conversion.run(to: folder("out")) }
    #expect(error?.code == "checkpoint.dtype")
    #expect(DurableFile.names(in: folder.path) == ["in"])
  }
}

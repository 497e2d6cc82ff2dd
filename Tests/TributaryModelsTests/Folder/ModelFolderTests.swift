import Foundation
import Testing
import TributaryCore
import TributaryNN
import TributaryStorage
import TributaryTensor
import TributaryTestKit

@testable import TributaryModels

@Suite struct ModelFolderTests {
  private let key = RandomKey(seed: 1)

  private func small(
    classes: Int = 3, classNames: [String]? = nil, image: ImageRequest = ImageRequest()
  ) throws -> LoadedModel {
    try ModelFolder.load(
      path: nil, architecture: "cifar-resnet8", classes: classes, classNames: classNames,
      image: image, key: RandomKey(seed: 7))
  }

  private func code(_ body: () throws -> LoadedModel) -> String? {
    do {
      _ = try body()
      return nil
    } catch let error as TributaryError {
      #expect(!error.description.contains("\n"))
      return error.code
    } catch {
      return "other"
    }
  }

  @Test func newModelsAreFresh() throws {
    let model = try small()
    #expect(model.freshTensors == Set(model.tensors.names))
    #expect(model.configuration.image?.mean == [0.485, 0.456, 0.406])
    let grey = try small(image: ImageRequest(channels: 1, height: 28, width: 28))
    #expect(grey.configuration.image?.mean == [0.449])
    #expect(grey.tensors["conv1.weight"]?.shape == [16, 1, 3, 3])
    let mlp = try ModelFolder.load(path: nil, architecture: "mlp", classes: 10, key: key)
    #expect(mlp.model.architecture == "fedavg-2nn")
    #expect(mlp.configuration.image?.standardDeviation == [1])
  }

  @Test func headPolicies() throws {
    let folder = TemporaryFolder()
    let saved = try small(classes: 3, classNames: ["a", "b", "c"])
    try ModelFolder.write(saved, to: folder("m"))
    func load(
      _ classes: Int?, _ names: [String]?, _ head: HeadPolicy
    ) throws -> LoadedModel {
      try ModelFolder.load(
        path: folder("m"), classes: classes, classNames: names, head: head, key: key)
    }
    let head: Set = ["linear.weight", "linear.bias"]
    #expect(try load(nil, nil, .auto).freshTensors == [])
    #expect(try load(nil, nil, .auto).configuration.classNames == ["a", "b", "c"])
    #expect(try load(3, nil, .auto).freshTensors == [])
    #expect(try load(3, ["a", "b", "c"], .auto).freshTensors == [])
    #expect(try load(3, ["x", "y", "z"], .auto).freshTensors == head)
    #expect(try load(3, ["x", "y", "z"], .keep).freshTensors == [])
    #expect(try load(5, nil, .auto).freshTensors == head)
    #expect(try load(5, nil, .auto).tensors["linear.weight"]?.shape == [5, 64])
    #expect(try load(3, nil, .new).freshTensors == head)
    #expect(try load(3, nil, .new).tensors["linear.weight"] != saved.tensors["linear.weight"])
    #expect(try load(3, nil, .new).tensors["conv1.weight"] == saved.tensors["conv1.weight"])
    #expect(code { try load(5, nil, .keep) } == "checkpoint.head")
  }

  @Test func loadsBareWeights() throws {
    let folder = TemporaryFolder()
    let grey = try small(classes: 4, image: ImageRequest(channels: 1))
    let prefixed = ParameterTree(grey.tensors.map { ("module.\($0.0)", $0.1) })
    try SafetensorsFile.write(prefixed, to: folder("w.safetensors"))
    let path = folder("w.safetensors")
    let loaded = try ModelFolder.load(path: path, architecture: "cifar-resnet8", key: key)
    #expect(loaded.tensors == grey.tensors)
    #expect(loaded.configuration.classes == 4 && loaded.configuration.image?.channels == 1)
    #expect(code { try ModelFolder.load(path: path, key: key) } == "model.architecture")
    #expect(
      code { try ModelFolder.load(path: path, architecture: "cifar-resnet20", key: key) }
        == "checkpoint.missing")
    #expect(
      code { try ModelFolder.load(path: path, architecture: "resnet20", key: key) }
        == "model.architecture")
    let rgb = ImageRequest(channels: 3)
    #expect(
      code {
        try ModelFolder.load(path: path, architecture: "cifar-resnet8", image: rgb, key: key)
      } == "checkpoint.shape")
  }

  @Test func refusesOtherCheckpoints() throws {
    let folder = TemporaryFolder()
    let deep = try ModelFolder.load(
      path: nil, architecture: "cifar-resnet20", classes: 3, key: key)
    try SafetensorsFile.write(deep.tensors, to: folder("deep.safetensors"))
    let path = folder("deep.safetensors")
    // All of the small network's tensors are in the deep one.
    #expect(
      code { try ModelFolder.load(path: path, architecture: "cifar-resnet8", key: key) }
        == "checkpoint.surplus")
    #expect(code { try ModelFolder.load(path: folder("none"), key: key) } == "file.missing")
    #expect(code { try ModelFolder.load(path: folder.path, key: key) } == "file.missing")
    #expect(code { try ModelFolder.load(path: nil, key: key) } == "model.architecture")
    #expect(
      code { try ModelFolder.load(path: nil, architecture: "bert", classes: 2, key: key) }
        == "model.configuration")
    try DurableFile.write(Bytes(copying: [1, 2, 3] as [UInt8]), to: folder("a.pth"))
    #expect(
      code { try ModelFolder.load(path: folder("a.pth"), architecture: "resnet18", key: key) }
        == "checkpoint.truncated")
  }

  @Test func readsPyTorchsOwnCheckpoints() throws {
    guard let old = SharedData.path("weights/resnet20-12fca82f.th"),
      let new = SharedData.path("weights/resnet20_cifar10.safetensors")
    else { return }
    let read = try ModelFolder.load(path: old, architecture: "cifar-resnet20", key: key)
    let expected = try ModelFolder.load(path: new, architecture: "cifar-resnet20", key: key)
    #expect(read.tensors == expected.tensors)
    #expect(read.freshTensors.isEmpty && read.configuration.classes == 10)
  }

  @Test func refusesValuesThatAreNotFinite() throws {
    let folder = TemporaryFolder()
    var tensors = try small().tensors
    tensors["bn1.bias"] = HostTensor([Float](repeating: .nan, count: 16), shape: [16])
    try SafetensorsFile.write(tensors, to: folder("w.safetensors"))
    #expect(
      code {
        try ModelFolder.load(
          path: folder("w.safetensors"), architecture: "cifar-resnet8", key: key)
      } == "checkpoint.finite")
  }

  @Test func takesHalfPrecision() throws {
    let folder = TemporaryFolder()
    var tensors = try small().tensors
    let ones = [UInt16](repeating: 0x3f80, count: 16)
    tensors["bn1.bias"] = try HostTensor(
      dtype: .bfloat16, shape: [16], bytes: Bytes(copying: ones))
    tensors["bn1.num_batches_tracked"] = try HostTensor(
      dtype: .int64, shape: [], bytes: Bytes(copying: [5] as [Int64]))
    try SafetensorsFile.write(tensors, to: folder("w.safetensors"))
    let loaded = try ModelFolder.load(
      path: folder("w.safetensors"), architecture: "cifar-resnet8", key: key)
    #expect(try loaded.tensors["bn1.bias"]?.floats() == [Float](repeating: 1, count: 16))
  }

  @Test func receivedTensorsMustFit() throws {
    let model = try small()
    #expect(code { try LoadedModel(assets: [:], tensors: model.tensors) } == "model.configuration")
    var missing = model.tensors
    missing["bn1.bias"] = nil
    #expect(code { try LoadedModel(assets: model.assets, tensors: missing) } == "model.tensor")
    var surplus = model.tensors
    surplus["other"] = HostTensor([1], shape: [1])
    #expect(code { try LoadedModel(assets: model.assets, tensors: surplus) } == "model.tensor")
    var other = model.tensors
    other["bn1.bias"] = HostTensor([1], shape: [1])
    #expect(code { try LoadedModel(assets: model.assets, tensors: other) } == "model.tensor")
  }

  @Test func startsAgainFromScratch() throws {
    let model = try small()
    let again = model.reinitialized(key: RandomKey(seed: 7))
    #expect(again.tensors == model.tensors)
    #expect(model.reinitialized(key: RandomKey(seed: 8)).tensors != model.tensors)
  }

  @Test func refusesAssetsThatLeaveTheFolder() throws {
    let folder = TemporaryFolder()
    for name in ["../x", "a/b", ".hidden"] {
      #expect(throws: TributaryError.self) {
        try ModelFolder.write(tensors: [:], assets: [name: .empty], to: folder("m"))
      }
    }
  }
}

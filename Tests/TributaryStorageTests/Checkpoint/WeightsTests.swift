import Foundation
import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryStorage

@Suite struct WeightsTests {
  private static func path(_ name: String) -> String { Golden.path("checkpoints/\(name)") }

  private func expected() throws -> ParameterTree<HostTensor> {
    try SafetensorsFile(path: Self.path("state.safetensors")).tensors
  }

  @Test(arguments: [
    ("zip.pt", Weights.Format.pytorch), ("legacy.th", .legacyPyTorch), ("protocol4.pt", .pytorch),
    ("protocol5.pt", .pytorch), ("sharded-bin", .pytorch), ("sharded-safetensors", .safetensors),
    ("sharded-bin/pytorch_model.bin.index.json", .pytorch), ("state.safetensors", .safetensors),
  ])
  func readsEveryFormToTheSameBits(name: String, format: Weights.Format) throws {
    let weights = try Weights(path: Self.path(name), requireFinite: true)
    #expect(weights.format == format)
    var tensors = weights.tensors
    if name == "zip.pt" {
      #expect(tensors["uint16"]?.bytes == Bytes(copying: [1, 65535] as [UInt16]))
      tensors["uint16"] = nil
    }
    let expected = try expected()
    #expect(tensors.names == expected.names)
    for (name, tensor) in expected { #expect(tensors[name] == tensor, "\(name)") }
  }

  @Test func readsWhatABigEndianMachineWrote() throws {
    let weights = try Weights(path: Self.path("big-endian.pt"))
    let expected = try expected()
    #expect(weights.tensors.count == 7)
    for (name, tensor) in weights.tensors { #expect(tensor == expected[name], "\(name)") }
  }

  @Test(arguments: ["training.pth", "training-legacy.pth"])
  func findsTheStateDictionaryAndSaysSo(name: String) throws {
    let weights = try Weights(path: Self.path(name))
    let expected = try expected()
    #expect(weights.tensors.names == ["conv.weight", "half"])
    #expect(weights.tensors["half"] == expected["half"])
    #expect(
      weights.notes == [
        "took \"state_dict\", left out epoch, best, args, sets, optimizer",
        "took \"module.\" off every name",
      ])
  }

  @Test func sharesTheMappingWhereElementsLieInOrder() throws {
    let weights = try Weights(path: Self.path("zip.pt"))
    let first = weights.tensors["view.first"]?.bytes.withUnsafeBytes { $0.baseAddress }
    let tied = weights.tensors["view.tied"]?.bytes.withUnsafeBytes { $0.baseAddress }
    #expect(first != nil && first == tied)
  }

  @Test func readsThePublishedResNet20() throws {
    guard let old = SharedData.path("weights/resnet20-12fca82f.th"),
      let new = SharedData.path("weights/resnet20_cifar10.safetensors")
    else { return }
    let weights = try Weights(path: old, requireFinite: true)
    let expected = try Weights(path: new).tensors
    #expect(weights.format == .legacyPyTorch)
    #expect(expected.count == 97)
    for (name, tensor) in expected { #expect(weights.tensors[name] == tensor, "\(name)") }
  }

  @Test func refusesShardsThatDoNotFitTheirIndex() throws {
    let folder = TemporaryFolder()
    let source = Self.path("sharded-safetensors")
    func code(_ change: (String) -> String) -> String? {
      try? FileManager.default.removeItem(atPath: folder("model"))
      do {
        try FileManager.default.copyItem(atPath: source, toPath: folder("model"))
        let path = folder("model/model.safetensors.index.json")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try change(text).write(toFile: path, atomically: true, encoding: .utf8)
        _ = try Weights(path: folder("model"))
        return nil
      } catch { return (error as? TributaryError)?.code }
    }
    #expect(code { $0 } == nil)
    #expect(code { $0.replacing("\"half\"", with: "\"other\"") } == "checkpoint.index")
    #expect(code { $0.replacing("00001-of", with: "00002-of") } == "checkpoint.index")
    #expect(code { $0.replacing("\"model-00001", with: "\"../model-00001") } == "checkpoint.index")
    #expect(code { $0.replacing("00001-of-00002", with: "00003-of-00002") } == "file.open")
    #expect(code { $0.replacing("weight_map", with: "weights") } == "checkpoint.index")
    #expect(code { _ in "{\"weight_map\": {}}" } == "checkpoint.index")
    #expect(code { _ in "{" } == "json.syntax")
  }

  @Test func saysWhereItLooked() {
    let folder = TemporaryFolder()
    #expect(throws: TributaryError.self) { try Weights(path: folder("none")) }
    #expect(throws: TributaryError.self) { try Weights(path: folder.path) }
  }
}

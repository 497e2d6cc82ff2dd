import Foundation
import Testing
import TributaryCore
import TributaryNN
import TributaryTensor
import TributaryTestKit

@testable import TributaryModels

/// The published weights on real images: PyTorch's class for every one of 2,000, and its logits.
@Suite struct CifarResNetTests {
  private func images(_ path: String, _ image: ImageConfiguration) throws -> [Float] {
    let records = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(records.count == 2000 * 3073)
    var pixels: [Float] = []
    pixels.reserveCapacity(2000 * 3072)
    for record in 0..<2000 {
      for channel in 0..<3 {
        let start = record * 3073 + 1 + channel * 1024
        for byte in records[start..<(start + 1024)] {
          let value = Float(byte) / 255
          pixels.append((value - image.mean[channel]) / image.standardDeviation[channel])
        }
      }
    }
    return pixels
  }

  @Test(
    .enabled(
      if: SharedData.has("cifar10/cifar10_test.bin")
        && SharedData.has("weights/resnet20_cifar10.safetensors")), arguments: [20, 56])
  func classifiesCIFARAsPyTorchDoes(depth: Int) throws {
    let weights = try #require(SharedData.path("weights/resnet\(depth)_cifar10.safetensors"))
    let loaded = try ModelFolder.load(
      path: weights, architecture: "cifar-resnet\(depth)", key: RandomKey(seed: 0))
    #expect(loaded.configuration.classes == 10)
    #expect(loaded.freshTensors.isEmpty)
    let image = try #require(loaded.configuration.image)
    let path = try #require(SharedData.path("cifar10/cifar10_test.bin"))
    let pixels = try images(path, image)
    let pass = Pass(parameters: try loaded.tensors.mapValues { try Tensor($0) })
    var classes: [UInt8] = []
    var logits: [Float] = []
    for start in stride(from: 0, to: 2000, by: 100) {
      let batch = Array(pixels[(start * 3072)..<((start + 100) * 3072)])
      let result = try loaded.model.logits(
        .images(Tensor(batch, shape: [100, 3, 32, 32])), pass)
      classes += result.argmax(axis: 1).ints().map { UInt8($0) }
      if start < 200 { logits += result.floats() }
    }
    let golden = try GoldenTensors("cifar10.safetensors")
    let expected = try #require(golden.tensors["resnet\(depth).classes"]).bytes.array(
      of: UInt8.self)
    #expect(classes == expected)
    let text = difference(logits, try golden.floats("resnet\(depth).logits"), absolute: 1e-3)
    #expect(text == nil)
  }
}

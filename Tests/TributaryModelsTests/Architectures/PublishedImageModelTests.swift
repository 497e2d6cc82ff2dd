import Foundation
import Testing
import TributaryCore
import TributaryNN
import TributaryTensor
import TributaryTestKit

@testable import TributaryModels

/// ImageNet networks as Google, Keras and SqueezeNet's authors publish them, on real photographs: the results of
/// PyTorch code that follows each checkpoint's own names, padding and order of colours.
@Suite struct PublishedImageModelTests {
  private static let images = "hymenoptera/hymenoptera96-val-images-idx4-ubyte"
  private static let slim = "weights/mobilenetv2_1.0_224_imagenet_bnfolded.safetensors"
  private static let keras = "weights/mobilenetv2_0.35_224_imagenet_notop.safetensors"
  private static let caffe = "weights/squeezenet1_0_imagenet.safetensors"

  private func load(
    _ path: String, _ architecture: String, classes: Int? = nil
  ) throws -> LoadedModel {
    let file = try #require(SharedData.path(path))
    return try ModelFolder.load(
      path: file, architecture: architecture, classes: classes,
      image: ImageRequest(height: 192, width: 192), key: RandomKey(seed: 3))
  }

  /// Validation images, each pixel doubled, as `model` wants them, 20 a batch.
  private func batches(_ model: any Model, _ rows: [Int]) throws -> [Tensor] {
    let path = try #require(SharedData.path(Self.images))
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))).dropFirst(20)
    let image = try #require(model.configuration.image)
    return stride(from: 0, to: rows.count, by: 20).map { start in
      let part = rows[start..<min(start + 20, rows.count)]
      var values: [Float] = []
      values.reserveCapacity(part.count * 3 * 192 * 192)
      for row in part {
        for channel in 0..<3 {
          for y in 0..<192 {
            for x in 0..<192 {
              let pixel = Float(bytes[20 + ((row * 96 + y / 2) * 96 + x / 2) * 3 + channel]) / 255
              values.append((pixel - image.mean[channel]) / image.standardDeviation[channel])
            }
          }
        }
      }
      return Tensor(values, shape: [part.count, 3, 192, 192])
    }
  }

  private func pass(_ loaded: LoadedModel) throws -> Pass {
    Pass(parameters: try loaded.tensors.mapValues { try Tensor($0) })
  }

  private static let few = [0, 39, 40, 79]

  @Test(
    .enabled(
      if: SharedData.has(images) && SharedData.has(slim) && SharedData.has(caffe)),
    arguments: [
      ("mobilenet", slim, "mobilenet_v2", 1001),
      ("squeezenet", caffe, "squeezenet1_0", 1000),
    ])
  func classifiesPhotographs(
    name: String, path: String, architecture: String, classes: Int
  ) throws {
    let loaded = try load(path, architecture)
    #expect(loaded.configuration.classes == classes && loaded.freshTensors.isEmpty)
    let golden = try GoldenTensors("imagenet.safetensors")
    let pass = try pass(loaded)
    var found: [Int32] = []
    for batch in try batches(loaded.model, Array(0..<80)) {
      found += try loaded.model.logits(.images(batch), pass).argmax(axis: 1).ints()
    }
    #expect(found == (try Tensor(#require(golden.tensors["\(name).classes"])).ints()))
    for batch in try batches(loaded.model, Self.few) {
      let logits = try loaded.model.logits(.images(batch), pass).floats()
      let expected = try golden.floats("\(name).logits")
      let size = expected.map(\.magnitude).max() ?? 0
      #expect(difference(logits, expected, absolute: 1e-4 * size) == nil)
    }
  }

  @Test(.enabled(if: SharedData.has(images) && SharedData.has(keras)))
  func takesACheckpointWithoutAHead() throws {
    let loaded = try load(Self.keras, "mobilenet_v2", classes: 2)
    #expect(loaded.freshTensors == ["classifier.1.weight", "classifier.1.bias"])
    let backbone = loaded.model.tensors.filter { !$0.name.hasPrefix("classifier") }
    #expect(backbone.reduce(0) { $0 + $1.shape.elementCount } == 410_208)
    let batch = try batches(loaded.model, Self.few)[0]
    let features = try loaded.model.features(.images(batch), pass(loaded)).floats()
    let expected = try GoldenTensors("imagenet.safetensors").floats("keras.features")
    let size = expected.map(\.magnitude).max() ?? 0
    #expect(difference(features, expected, absolute: 1e-4 * size) == nil)
  }

  /// What is written has our names and says how the network differs; nothing of the dialect is left to know.
  @Test(
    .enabled(if: SharedData.has(slim) && SharedData.has(keras) && SharedData.has(caffe)),
    arguments: [
      (slim, "mobilenet_v2", "features.18.0.bias"),
      (keras, "mobilenet_v2", "features.18.1.running_var"),
      (caffe, "squeezenet1_0", "features.12.expand3x3.weight"),
    ])
  func staysItselfThroughAFolder(path: String, architecture: String, tensor: String) throws {
    let folder = TemporaryFolder()
    let loaded = try load(path, architecture, classes: path == Self.keras ? 2 : nil)
    #expect(loaded.tensors[tensor] != nil)
    try ModelFolder.write(loaded, to: folder("model"))
    let again = try ModelFolder.load(path: folder("model"), head: .keep, key: RandomKey(seed: 0))
    #expect(again.tensors == loaded.tensors)
    #expect(again.configuration == loaded.configuration)
  }
}

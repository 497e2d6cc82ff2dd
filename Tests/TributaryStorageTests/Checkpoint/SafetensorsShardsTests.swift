import Foundation
import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryStorage

@Suite struct SafetensorsShardsTests {
  private let tensors = ParameterTree(
    (0..<10).map { ("layer.\($0)", HostTensor((0..<25).map { Float($0) }, shape: [5, 5])) })

  @Test(arguments: [(nil, 1), (1000, 1), (999, 2), (300, 4), (100, 10), (1, 10)] as [(Int?, Int)])
  func keepsTensorsWithinTheLimit(limit: Int?, count: Int) throws {
    let folder = TemporaryFolder()
    let written = try SafetensorsShards.write(tensors, to: folder.path, maximumBytes: limit)
    #expect(written.count == (count == 1 ? 1 : count + 1))
    let weights = try Weights(path: folder.path)
    #expect(weights.tensors == tensors)
    #expect(weights.files.count == count)
    for file in written {
      #expect(file.digest == Digest(of: try FileMapping.bytes(of: folder(file.name))))
    }
    if count > 1 {
      let index = try JSON(
        parsing: FileMapping.bytes(of: folder("model.safetensors.index.json")), name: "index")
      #expect(index["metadata"]?["total_size"]?.integer == 1000)
      #expect(index["weight_map"]?["layer.0"]?.string?.hasPrefix("model-00001-of-000") == true)
    }
  }

  @Test func countsTheBytesThatAreWritten() throws {
    let folder = TemporaryFolder()
    let written = try SafetensorsShards.write(
      tensors, to: folder.path, maximumBytes: 500, as: .float16)
    #expect(written.count == 1)
    let weights = try Weights(path: folder.path)
    #expect(weights.tensors.values.allSatisfy { $0.dtype == .float16 })
  }
}

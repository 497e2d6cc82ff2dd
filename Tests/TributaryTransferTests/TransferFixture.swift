import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryTensor
import TributaryTransfer

/// A small separable image problem: each class is bright in its own corner, with noise.
enum TransferFixture {
  static func dataset(count: Int, seed: UInt64 = 1, classes: Int = 3) throws -> Dataset {
    var generator = RandomKey(seed: seed).generator
    var pixels: [UInt8] = []
    let labels = (0..<count).map { _ in generator.below(classes) }
    for label in labels {
      for row in 0..<8 {
        for column in 0..<8 {
          let isCorner = row / 4 == label / 2 && column / 4 == label % 2
          pixels.append(UInt8(generator.below(100) + (isCorner ? 120 : 20)))
        }
      }
    }
    return Dataset(
      examples: .images(try ImageExamples(shape: [1, 8, 8], pixels: Bytes(copying: pixels))),
      labels: labels)
  }

  static func plan(
    architecture: String = "cifar-resnet8", transfer: TransferPlan = TransferPlan(),
    epochs: Int = 2
  ) -> RunPlan {
    RunPlan(
      name: "fixture", seed: 5, backbone: BackbonePlan(architecture: architecture),
      task: TaskPlan(kind: .imageClassification, classes: 3), data: DataPlan(),
      transfer: transfer,
      local: LocalPlan(
        epochs: epochs, batchSize: 16,
        optimizer: OptimizerPlan(learningRate: 0.05, momentum: 0.9)))
  }

  static func bits(_ tensors: ParameterTree<HostTensor>) -> [Digest] {
    tensors.values.map { Digest(of: $0.bytes) }
  }
}

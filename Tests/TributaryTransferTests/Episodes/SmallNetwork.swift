import Testing
import TributaryCore
import TributaryData
import TributaryNN
import TributaryPlan
import TributaryTensor
import TributaryTestKit

@testable import TributaryModels
@testable import TributaryTransfer

/// The network of Golden/generate_episodes.py.
struct SmallNetwork: Model {
  let configuration = ModelConfiguration(
    architecture: "small", classes: 3,
    image: .standard(.unit, channels: 1, side: 8, request: ImageRequest()))
  let featureCount = 48
  let layerNames = ["conv1", "conv2"]
  private let blocks: [ConvNorm2D]
  private let classifier = Linear("fc", inputs: 48, outputs: 3)

  init() {
    blocks = [(1, 1, 4), (2, 4, 3)].map { index, inputs, outputs in
      ConvNorm2D(
        conv: Conv2D(
          "conv\(index)", inputs: inputs, outputs: outputs, kernel: 3, padding: 1, bias: false),
        norm: BatchNorm2D("bn\(index)", channels: outputs))
    }
  }

  var tensors: [TensorSpec] { blocks.flatMap(\.tensors) + classifier.tensors }
  var headTensorNames: Set<String> { Set(classifier.tensors.map(\.name)) }

  func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    let x = try MaxPool2D(kernel: 2)(blocks[0](images(input), pass))
    return try blocks[1](x, pass).flattened(from: 1)
  }

  func logits(features: Tensor, _ pass: Pass) throws -> Tensor { try classifier(features, pass) }
}

/// The golden file's images, start and task.
struct EpisodeFixture {
  let golden: GoldenTensors
  let loaded: LoadedModel
  let learner: EpisodicLearner
  let start: ParameterTree<Tensor>
  let episode: Episode

  init() throws {
    golden = try GoldenTensors("episodes.safetensors")
    let images = try #require(golden.tensors["images"])
    let dataset = Dataset(
      examples: .images(try ImageExamples(shape: [1, 8, 8], pixels: images.bytes)),
      labels: (0..<18).map { $0 / 6 })
    let model = SmallNetwork()
    var tensors = model.initialTensors(key: RandomKey(seed: 0))
    for name in tensors.names {
      if let tensor = golden.tensors["start/\(name)"] { tensors[name] = tensor }
    }
    loaded = LoadedModel(model: model, tensors: tensors, assets: [:], freshTensors: [])
    let freeze = try FreezePlan(model: model, transfer: TransferPlan())
    let all = try tensors.mapValues { try Tensor($0) }
    start = all.filter { name, _ in freeze.trainable.contains(name) }
    learner = EpisodicLearner(
      model: model, freeze: freeze,
      held: all.filter { name, _ in !freeze.trainable.contains(name) },
      pool: EpisodePool(
        TrainingExamples(try ExampleSource(dataset, for: loaded, maximumTokens: 8)),
        rotations: true))
    func rows(_ first: Int) -> [EpisodeRow] {
      (0..<6).map {
        EpisodeRow(
          position: 6 * ($0 / 2) + first + $0 % 2, turn: $0 / 2 == 2 ? 1 : 0, label: $0 / 2)
      }
    }
    episode = Episode(ways: 3, support: rows(0), queries: rows(2))
  }
}

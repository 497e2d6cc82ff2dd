internal import TributaryCore
internal import TributaryData
internal import TributaryModels
internal import TributaryPlan

/// A training step of fixed shape to be timed: a model, a batch, a way to train.
public struct BenchWorkload: Sendable {
  public let name: String
  let architecture: String
  let input: Input
  let batchSize: Int
  var optimizer = OptimizerPlan(learningRate: 0.01, momentum: 0.9)
  var transfer = TransferPlan()
  var phase = Phase.step

  enum Input: Sendable {
    case images(Shape)
    /// Texts of so many tokens, for a real encoder.
    case tokens(Int)
    /// Texts of so many characters, out of so many, each of which is to be foretold.
    case characters(Int, of: Int)
  }

  enum Phase: Sendable {
    case step
    /// With a frozen backbone: features of every example, and the classifier's step on them.
    case firstEpoch
    /// The epochs after that one: the classifier's step alone.
    case laterEpochs
  }

  public static let all: [BenchWorkload] = [
    BenchWorkload(
      name: "fedavg-2nn", architecture: "fedavg-2nn", input: .images([1, 28, 28]), batchSize: 10,
      optimizer: OptimizerPlan(learningRate: 0.1)),
    BenchWorkload(
      name: "fedavg-cnn", architecture: "fedavg-cnn", input: .images([1, 28, 28]), batchSize: 10,
      optimizer: OptimizerPlan(learningRate: 0.1)),
    BenchWorkload(
      name: "cifar-resnet20", architecture: "cifar-resnet20", input: .images([3, 32, 32]),
      batchSize: 64),
    BenchWorkload(
      name: "char-lstm", architecture: "char-lstm", input: .characters(80, of: 90), batchSize: 10,
      optimizer: OptimizerPlan(learningRate: 0.1)),
    imageNet("resnet18", "resnet18", batchSize: 16),
    imageNet("resnet18-frozen", "resnet18", batchSize: 32, phase: .firstEpoch),
    imageNet("resnet18-cached", "resnet18", batchSize: 32, phase: .laterEpochs),
    imageNet("mobilenetv2", "mobilenet_v2", batchSize: 16),
    imageNet("mobilenetv2-frozen", "mobilenet_v2", batchSize: 32, phase: .firstEpoch),
    miniLM("minilm-32", tokens: 32),
    miniLM("minilm-64", tokens: 64),
    miniLM("minilm-32-lora", tokens: 32, TransferPlan(method: .lora, rank: 8, alpha: 16)),
    miniLM("minilm-32-frozen", tokens: 32, TransferPlan(method: .head), phase: .firstEpoch),
  ]

  private static func imageNet(
    _ name: String, _ architecture: String, batchSize: Int, phase: Phase = .step
  ) -> BenchWorkload {
    BenchWorkload(
      name: name, architecture: architecture, input: .images([3, 224, 224]), batchSize: batchSize,
      transfer: phase == .step ? TransferPlan() : TransferPlan(method: .head), phase: phase)
  }

  private static func miniLM(
    _ name: String, tokens: Int, _ transfer: TransferPlan = TransferPlan(), phase: Phase = .step
  ) -> BenchWorkload {
    BenchWorkload(
      name: name, architecture: "bert", input: .tokens(tokens), batchSize: 32,
      optimizer: OptimizerPlan(kind: .adamw, learningRate: 5e-5, weightDecay: 0.01),
      transfer: transfer, phase: phase)
  }

  /// - Parameter backbone: the Hugging Face folder of a real encoder, where the workload needs one.
  func model(backbone: String?) throws -> LoadedModel {
    let key = RandomKey(seed: 0)
    switch input {
    case .images(let shape):
      return try ModelFolder.load(
        path: nil, architecture: architecture, classes: 10,
        image: ImageRequest(channels: shape[0], height: shape[1], width: shape[2]), key: key)
    case .characters(_, let count):
      return try ModelFolder.load(path: nil, architecture: architecture, classes: count, key: key)
    case .tokens:
      guard let backbone else {
        throw TributaryError(
          "bench.backbone", "\(name) needs a real encoder",
          advice: "say --backbone with the Hugging Face folder of MiniLM-L6")
      }
      return try ModelFolder.load(path: backbone, classes: 2, head: .new, key: key)
    }
  }

  /// `count` examples whose content does not matter.
  func examples(count: Int, for loaded: LoadedModel) throws -> ExampleSource {
    var generator = RandomKey(seed: 2).generator
    let labels = (0..<count).map { $0 % loaded.configuration.classes }
    switch input {
    case .characters(let length, let characters):
      let lists = (0..<count).map { _ in
        (0...length).map { _ in Int32(generator.below(characters)) }
      }
      return ExampleSource(tokens: lists, labels: nil)
    case .tokens(let length):
      let lists = (0..<count).map { _ in
        (0..<length).map { _ in Int32(1000 + generator.below(20_000)) }
      }
      return ExampleSource(tokens: lists, labels: labels.map(Int32.init))
    case .images(let shape):
      // A few images repeated: their content does not change the work.
      let distinct = min(count, 64)
      let pixels = (0..<distinct * shape.elementCount).map { _ in
        UInt8(truncatingIfNeeded: generator.nextWord())
      }
      let images = try ImageExamples(shape: shape, pixels: Bytes(copying: pixels))
      let dataset = Dataset(
        examples: .images(images.subset((0..<count).map { $0 % distinct })), labels: labels)
      return try ExampleSource(dataset, for: loaded, maximumTokens: 512)
    }
  }
}

internal import Foundation
internal import TributaryCore
internal import TributaryData
internal import TributaryModels
public import TributaryPlan
internal import TributaryTensor

/// A training step of fixed shape, timed through the real local trainer on made-up examples.
public enum BenchWorkload: String, CaseIterable, Sendable {
  case fedavg2NN = "fedavg-2nn"
  case fedavgCNN = "fedavg-cnn"
  case cifarResNet20 = "cifar-resnet20"
  case resNet18 = "resnet18"
  /// Only the classifier moves: features of every example, then an epoch on them.
  case resNet18Frozen = "resnet18-frozen"
  /// The epochs after that one.
  case resNet18Cached = "resnet18-cached"
  case miniLM32 = "minilm-32"
  case miniLM64 = "minilm-64"
  case miniLM32LoRA = "minilm-32-lora"
  case miniLM32Frozen = "minilm-32-frozen"

  public struct Result: Sendable, Encodable {
    public var workload: String
    public var threads: Int
    public var precision: LocalPlan.Precision
    public var batchSize: Int
    public var steps: Int
    public var samplesPerSecond: Double
    public var medianStepSeconds: Double
    public var bestStepSeconds: Double
    /// Of processor time, all threads together: what stays steady on a machine that others use too.
    public var medianStepProcessorSeconds: Double
    public var peakMemoryMiB: Int
  }

  /// Times `steps` steps after a few to warm up.
  ///
  /// - Parameter backbone: the Hugging Face folder of the MiniLM workloads.
  public func run(
    threads: Int, steps: Int, backbone: String?, precision: LocalPlan.Precision = .float32
  ) throws -> Result {
    let warmup = min(5, steps)
    let loaded = try model(backbone: backbone)
    // A first epoch with a frozen backbone is timed by the group: its batches are spread over the threads.
    let group = isFirstEpoch ? 2 * threads : 1
    let source = try examples(count: batchSize * group * (steps + warmup), for: loaded)
    let freeze = try FreezePlan(model: loaded.model, transfer: transfer)
    let trainer = LocalTrainer(
      model: loaded.model, freeze: freeze,
      plan: LocalPlan(
        batchSize: batchSize, precision: precision, optimizer: optimizer, threads: threads))
    let adapters = freeze.adaptation?.initialTensors(key: RandomKey(seed: 3)) ?? [:]
    let (moving, frozen) = freeze.split(
      try loaded.tensors.merging(adapters).mapValues { try Tensor($0) })
    let stamps = Stamps()
    if self == .resNet18Cached {
      let features = Tensor.ones([source.count, loaded.model.featureCount])
      _ = try trainer.train(
        moving: moving, frozen: frozen, examples: TrainingExamples(source).with(features: features),
        key: RandomKey(seed: 1), watch: .init(progress: { _, _, _ in stamps.add() }))
    } else if freeze.isHeadOnly {
      try timeFirstEpoch(
        trainer, moving, frozen, source, groups: steps + warmup, of: group, stamps)
    } else {
      _ = try trainer.train(
        moving: moving, frozen: frozen, examples: TrainingExamples(source),
        key: RandomKey(seed: 1), watch: .init(progress: { _, _, _ in stamps.add() }))
    }
    let seconds = stamps.intervals(\.wall).suffix(steps).sorted()
    let processor = stamps.intervals(\.processor).suffix(steps).sorted()
    let median = seconds[seconds.count / 2]
    return Result(
      workload: rawValue, threads: threads, precision: precision, batchSize: batchSize,
      steps: steps,
      samplesPerSecond: Double(batchSize) / median, medianStepSeconds: median,
      bestStepSeconds: seconds[0], medianStepProcessorSeconds: processor[processor.count / 2],
      peakMemoryMiB: Self.peakMemoryMiB)
  }

  /// With a frozen backbone a batch is computed once and its classifier trained on the features.
  private func timeFirstEpoch(
    _ trainer: LocalTrainer, _ moving: ParameterTree<Tensor>, _ frozen: ParameterTree<Tensor>,
    _ source: ExampleSource, groups: Int, of batches: Int, _ stamps: Stamps
  ) throws {
    var moving = moving
    let inference = Inference(
      model: trainer.model, parameters: frozen, threads: trainer.plan.threads,
      precision: trainer.plan.precision.compute)
    let count = batches * batchSize
    for group in 0..<groups {
      let examples = TrainingExamples(
        source, indices: Array((group * count)..<((group + 1) * count)))
      let features = try inference.features(of: examples, batchSize: batchSize)
      moving = try trainer.train(
        moving: moving, frozen: frozen, examples: examples.with(features: features),
        key: RandomKey(seed: 1).at(group)
      ).moving
      stamps.add(steps: batches)
    }
  }

  private var transfer: TransferPlan {
    switch self {
    case .miniLM32LoRA: TransferPlan(method: .lora, rank: 8, alpha: 16)
    case .miniLM32Frozen, .resNet18Frozen, .resNet18Cached: TransferPlan(method: .head)
    default: TransferPlan()
    }
  }

  /// Whether features are computed, too, and not only learned from.
  private var isFirstEpoch: Bool { self == .resNet18Frozen || self == .miniLM32Frozen }

  /// The registry's name of the model.
  private var architecture: String {
    self == .resNet18Frozen || self == .resNet18Cached ? "resnet18" : rawValue
  }

  private var batchSize: Int {
    switch self {
    case .fedavg2NN, .fedavgCNN: 10
    case .cifarResNet20: 64
    case .resNet18: 16
    default: 32
    }
  }

  private var tokens: Int { self == .miniLM64 ? 64 : 32 }

  private var imageShape: Shape? {
    switch self {
    case .fedavg2NN, .fedavgCNN: [1, 28, 28]
    case .cifarResNet20: [3, 32, 32]
    case .resNet18, .resNet18Frozen, .resNet18Cached: [3, 224, 224]
    case .miniLM32, .miniLM64, .miniLM32LoRA, .miniLM32Frozen: nil
    }
  }

  private var optimizer: OptimizerPlan {
    switch self {
    case .fedavg2NN, .fedavgCNN: OptimizerPlan(learningRate: 0.1)
    case .cifarResNet20, .resNet18, .resNet18Frozen, .resNet18Cached:
      OptimizerPlan(learningRate: 0.01, momentum: 0.9)
    case .miniLM32, .miniLM64, .miniLM32LoRA, .miniLM32Frozen:
      OptimizerPlan(kind: .adamw, learningRate: 5e-5, weightDecay: 0.01)
    }
  }

  private func model(backbone: String?) throws -> LoadedModel {
    let key = RandomKey(seed: 0)
    guard let shape = imageShape else {
      guard let backbone else {
        throw TributaryError(
          "bench.backbone", "\(rawValue) needs a real encoder",
          advice: "say --backbone with the Hugging Face folder of MiniLM-L6")
      }
      return try ModelFolder.load(path: backbone, classes: 2, head: .new, key: key)
    }
    return try ModelFolder.load(
      path: nil, architecture: architecture, classes: 10,
      image: ImageRequest(channels: shape[0], height: shape[1], width: shape[2]), key: key)
  }

  private func examples(count: Int, for loaded: LoadedModel) throws -> ExampleSource {
    var generator = RandomKey(seed: 2).generator
    let labels = (0..<count).map { $0 % loaded.configuration.classes }
    guard let shape = imageShape else {
      let lists = (0..<count).map { _ in
        (0..<tokens).map { _ in Int32(1000 + generator.below(20_000)) }
      }
      return ExampleSource(tokens: lists, labels: labels.map(Int32.init))
    }
    // A few images repeated: their content does not change the work.
    let distinct = min(count, 64)
    let pixels = (0..<distinct * shape.elementCount).map { _ in
      UInt8(truncatingIfNeeded: generator.nextWord())
    }
    let images = try ImageExamples(shape: shape, pixels: Bytes(copying: pixels))
    let dataset = Dataset(
      examples: .images(images.subset((0..<count).map { $0 % distinct })), labels: labels)
    return try ExampleSource(dataset, for: loaded, maximumTokens: tokens)
  }

  private static var peakMemoryMiB: Int {
    var usage = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss / 1024
  }

  /// The moments at which steps ended; used by one thread.
  private final class Stamps: @unchecked Sendable {
    struct Moment {
      let steps: Int
      let wall: Double
      let processor: Double
    }

    private let clock = SystemClock()
    private var moments: [Moment] = []

    /// `steps` more have ended.
    func add(steps: Int = 1) {
      var time = timespec()
      clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
      moments.append(
        Moment(
          steps: steps, wall: clock.seconds,
          processor: Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9))
    }

    func intervals(_ part: KeyPath<Moment, Double>) -> [Double] {
      zip(moments.dropFirst(), moments).map {
        ($0[keyPath: part] - $1[keyPath: part]) / Double($0.steps)
      }
    }
  }
}

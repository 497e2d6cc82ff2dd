internal import Foundation
internal import TributaryCore
internal import TributaryModels
public import TributaryPlan
internal import TributaryTensor

extension BenchWorkload {
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

  /// Times `steps` steps of the real local trainer after a few to warm up.
  ///
  /// - Parameter backbone: the Hugging Face folder of the MiniLM workloads.
  public func run(
    threads: Int, steps: Int, backbone: String?, precision: LocalPlan.Precision = .float32
  ) throws -> Result {
    let warmup = min(5, steps)
    let loaded = try transfer.adapted(model(backbone: backbone), key: RandomKey(seed: 3))
    // Batches of a first epoch are spread over the threads, so a group of them is timed as one.
    let group = phase == .firstEpoch ? 2 * threads : 1
    // A first epoch goes over the same group again and again: nothing of it is kept.
    let groups = phase == .firstEpoch ? 1 : steps + warmup
    let source = try examples(count: batchSize * group * groups, for: loaded)
    let freeze = try FreezePlan(model: loaded.model, transfer: transfer)
    let trainer = LocalTrainer(
      model: loaded.model, freeze: freeze,
      plan: LocalPlan(
        batchSize: batchSize, precision: precision, optimizer: optimizer, threads: threads))
    let (moving, frozen) = freeze.split(try loaded.tensors.mapValues { try Tensor($0) })
    let stamps = Stamps()
    switch phase {
    case .firstEpoch:
      try firstEpoch(trainer, moving, frozen, source, times: steps + warmup, batches: group, stamps)
    case .step, .laterEpochs:
      var examples = TrainingExamples(source)
      if phase == .laterEpochs {
        examples = examples.with(features: .ones([source.count, loaded.model.featureCount]))
      }
      _ = try trainer.train(
        moving: moving, frozen: frozen, examples: examples, key: RandomKey(seed: 1),
        watch: .init(progress: { _, _, _ in stamps.add() }))
    }
    let seconds = stamps.intervals(\.wall).suffix(steps).sorted()
    let processor = stamps.intervals(\.processor).suffix(steps).sorted()
    let median = seconds[seconds.count / 2]
    return Result(
      workload: name, threads: threads, precision: precision, batchSize: batchSize, steps: steps,
      samplesPerSecond: Double(batchSize) / median, medianStepSeconds: median,
      bestStepSeconds: seconds[0], medianStepProcessorSeconds: processor[processor.count / 2],
      peakMemoryMiB: Self.peakMemoryMiB)
  }

  /// A batch's features are computed once, and its classifier trained on them.
  private func firstEpoch(
    _ trainer: LocalTrainer, _ moving: ParameterTree<Tensor>, _ frozen: ParameterTree<Tensor>,
    _ source: ExampleSource, times: Int, batches: Int, _ stamps: Stamps
  ) throws {
    var moving = moving
    let inference = Inference(
      model: trainer.model, parameters: frozen, threads: trainer.plan.threads,
      precision: trainer.plan.precision.compute)
    for time in 0..<times {
      let examples = TrainingExamples(source)
      let features = try inference.features(of: examples, batchSize: batchSize)
      moving = try trainer.train(
        moving: moving, frozen: frozen, examples: examples.with(features: features),
        key: RandomKey(seed: 1).at(time)
      ).moving
      stamps.add(steps: batches)
    }
  }

  /// Of this program alone where the system tells: getrusage's begins with what the parent process had.
  private static var peakMemoryMiB: Int {
    let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first
    return (kibibytes.flatMap { Int($0) } ?? usage.ru_maxrss) / 1024
  }

  /// Seconds that this process has computed, all its threads together.
  private static var processorSeconds: Double {
    let usage = usage
    return Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
      + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
  }

  private static var usage: rusage {
    var usage = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    return usage
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
      moments.append(
        Moment(steps: steps, wall: clock.seconds, processor: processorSeconds))
    }

    /// Seconds of one step each.
    func intervals(_ part: KeyPath<Moment, Double>) -> [Double] {
      zip(moments.dropFirst(), moments).map {
        ($0[keyPath: part] - $1[keyPath: part]) / Double($0.steps)
      }
    }
  }
}

internal import Foundation
internal import Synchronization
public import TributaryCore
public import TributaryModels
internal import TributaryNN
public import TributaryTensor

/// A model with its tensors in memory, run without gradients.
///
/// Batches are spread over `threads` threads that compute on one core each: no barrier inside a batch,
/// and results that do not depend on the number of threads.
public struct Inference: Sendable {
  public let model: any Model
  private let parameters: ParameterTree<Tensor>
  private let threads: Int
  private let precision: ComputePrecision
  private let isCancelled: @Sendable () -> Bool

  public init(
    model: any Model, parameters: ParameterTree<Tensor>,
    threads: Int = Inference.allCores, precision: ComputePrecision = .float32,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.model = model
    self.parameters = parameters
    self.threads = threads
    self.precision = precision
    self.isCancelled = isCancelled
  }

  public init(
    model: any Model, tensors: ParameterTree<HostTensor>, threads: Int = Inference.allCores,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws {
    self.init(
      model: model, parameters: try tensors.mapValues { try Tensor($0) }, threads: threads,
      isCancelled: isCancelled)
  }

  public static var allCores: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// `[batch, classes]`.
  public func logits(_ input: ModelInput) throws -> Tensor {
    try precision.within { try withoutGradient { try model.logits(input, pass) } }
  }

  /// The logits of the examples at `positions`, a row an example, or for a language model a row a position, and
  /// the rows' labels.
  func scores(_ examples: TrainingExamples, at positions: [Int]) throws -> (Tensor, labels: Tensor)
  {
    try withoutGradient {
      let batch = examples.batch(positions)
      guard let source = batch.source, let labels = batch.labels else {
        preconditionFailure("a batch has at least one example")
      }
      return (model.judged(try source.input.logits(model, pass), by: labels), labels)
    }
  }

  /// The backbone's output, `[batch, featureCount]`, and the classifier's, `[batch, classes]`.
  func outputs(_ input: ModelInput) throws -> (features: Tensor, logits: Tensor) {
    try precision.within {
      try withoutGradient {
        let pass = pass
        let features = try model.features(input, pass)
        return (features, try model.logits(features: features, pass))
      }
    }
  }

  /// The backbone's output, `[batch, featureCount]`.
  public func features(_ input: ModelInput) throws -> Tensor {
    try precision.within { try withoutGradient { try model.features(input, pass) } }
  }

  /// What the layer called `name` (`Model.layerNames`), or as `features` the backbone, makes of a batch.
  ///
  /// - Throws: `objective.layer` where the model has no such layer.
  func layer(_ name: String, _ input: ModelInput) throws -> Tensor {
    guard name != FeatureHints.features else { return try features(input) }
    return try precision.within {
      try withoutGradient {
        let pass = pass(.inference, capturing: [name])
        _ = try model.features(input, pass)
        if let found = pass.captured[name] { return found }
        throw TributaryError(
          "objective.layer", "the \(model.architecture) has no layer \"\(name)\"",
          advice:
            "its layers: \((model.layerNames + [FeatureHints.features]).joined(separator: ", "))")
      }
    }
  }

  /// The features of every example in its order, `[count, featureCount]`.
  public func features(of source: ExampleSource, batchSize: Int) throws -> Tensor {
    try features(of: TrainingExamples(source), batchSize: batchSize)
  }

  /// The features of a client's examples in its order, `[count, featureCount]`.
  public func features(of examples: TrainingExamples, batchSize: Int) throws -> Tensor {
    let width = model.featureCount
    let batches = examples.source.inferenceBatches(of: batchSize, among: examples.indices)
    let results = try map(batches) { batch in
      try features(examples.source.input(batch.map { examples.indices[$0] })).floats()
    }
    var rows = [Float](repeating: 0, count: examples.count * width)
    for (batch, values) in zip(batches, results) {
      for (row, position) in batch.enumerated() {
        rows.replaceSubrange(
          position * width..<(position + 1) * width, with: values[row * width..<(row + 1) * width])
      }
    }
    return Tensor(rows, shape: [examples.count, width])
  }

  /// `body` of every batch, on several threads; results in the batches' order.
  ///
  /// - Throws: the first error of a batch; `CancellationError` where the caller's watch says so.
  func map<Result: Sendable>(
    _ batches: [[Int]], _ body: @Sendable ([Int]) throws -> Result
  ) throws -> [Result] {
    let workers = max(1, min(threads, batches.count))
    let results = Mutex([Result?](repeating: nil, count: batches.count))
    let failure = Mutex<(any Error)?>(nil)
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      ComputeThreads.pin(1)
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < batches.count, failure.withLock({ $0 == nil }) else { return }
        do {
          if isCancelled() { throw CancellationError() }
          let result = try body(batches[index])
          results.withLock { $0[index] = result }
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return results.withLock { $0.compactMap { $0 } }
  }

  private var pass: Pass { pass(.inference) }

  func pass(_ mode: Pass.Mode, capturing layers: Set<String> = []) -> Pass {
    Pass(parameters: parameters, mode: mode, capturing: layers)
  }
}

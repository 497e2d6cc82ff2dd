internal import TributaryCore
internal import TributaryNN
internal import TributaryPlan
internal import TributaryTensor

/// The steps on a task's support.
struct InnerLoop: Sendable {
  let steps: Int
  let learningRate: Float
  private let batchSize: Int?
  private let optimizer: EpisodesPlan.InnerOptimizer

  /// - Parameter evaluating: where a model is adapted or measured, not trained.
  init(_ plan: EpisodesPlan, evaluating: Bool = false) {
    steps = evaluating ? plan.evaluationSteps ?? plan.innerSteps : plan.innerSteps
    batchSize =
      evaluating ? plan.evaluationBatchSize ?? plan.innerBatchSize : plan.innerBatchSize
    learningRate = Float(plan.innerLearningRate)
    optimizer = plan.innerOptimizer
  }

  /// What each step reads: all of the support, or one part after the other of the support in a random order, and so
  /// again, as Reptile's code does.
  func batches(of support: [EpisodeRow], key: RandomKey) -> [[EpisodeRow]] {
    guard let batchSize, batchSize < support.count else {
      return [[EpisodeRow]](repeating: support, count: steps)
    }
    var stream: [EpisodeRow] = []
    var epoch = 0
    while stream.count < steps * batchSize {
      stream += key.at("order").at(epoch).permutation(of: support.count).map { support[$0] }
      epoch += 1
    }
    return (0..<steps).map { Array(stream[$0 * batchSize..<($0 + 1) * batchSize]) }
  }

  /// What a task made of the parameters, and how it fared on the way.
  struct Descent {
    var parameters: ParameterTree<Tensor>
    /// The mean over the steps, before each.
    var loss: Float
    var hits: (correct: Int, counted: Int)
  }

  /// The steps without a way back through them.
  func descended(
    _ learner: EpisodicLearner, from start: ParameterTree<Tensor>, on support: [EpisodeRow],
    key: RandomKey
  ) throws -> Descent {
    var descent = Descent(parameters: start, loss: 0, hits: (0, 0))
    var rule = optimizer.make()
    for (step, rows) in batches(of: support, key: key).enumerated() {
      let batch = try learner.pool.batch(rows)
      var logits: Tensor?
      let (loss, slopes) = try valueAndFactoredGradient(
        of: { point in
          let scores = try learner.logits(point, batch, key: key.at("step").at(step))
          logits = scores.detached
          return crossEntropy(logits: scores, labels: batch.labels)
        }, at: descent.parameters)
      rule.step(&descent.parameters, gradients: slopes, learningRate: learningRate)
      descent.loss += loss.item / Float(steps)
      if let logits { descent.hits += classificationHits(logits, labels: batch.labels) }
    }
    return descent
  }

  /// The steps of plain gradient descent as a differentiable function of `start`, on whole batches.
  func unrolled(
    _ learner: EpisodicLearner, from start: ParameterTree<Tensor>, on batches: [EpisodeBatch],
    key: RandomKey
  ) throws -> ParameterTree<Tensor> {
    var point = start
    for (step, batch) in batches.enumerated() {
      let slopes = try valueAndGradient(
        of: { try learner.loss($0, batch, key: key.at("step").at(step)) }, at: point,
        createGraph: true
      ).gradient
      point = point.map { name, value in
        slopes[name].map { value - $0 * learningRate } ?? value
      }
    }
    return point
  }
}

extension EpisodesPlan.InnerOptimizer {
  fileprivate func make() -> any Optimizer {
    switch self {
    case .sgd: SGD()
    case .adam: AdamW(beta1: 0, weightDecay: 0)
    }
  }
}

/// Adds up how many rows were right, and how many counted.
func += (total: inout (correct: Int, counted: Int), more: (correct: Int, counted: Int)) {
  total = (total.correct + more.correct, total.counted + more.counted)
}

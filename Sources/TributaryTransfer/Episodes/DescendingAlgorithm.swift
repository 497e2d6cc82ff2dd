internal import TributaryCore
internal import TributaryPlan
internal import TributaryTensor

/// The steps on a support: those of training, and those of adaptation and measuring.
struct InnerLoops: Sendable {
  let training: InnerLoop
  let evaluation: InnerLoop

  init(_ plan: EpisodesPlan) {
    training = InnerLoop(plan)
    evaluation = InnerLoop(plan, evaluating: true)
  }
}

/// An algorithm that is fitted to a task by steps of gradient descent on its support.
protocol DescendingAlgorithm: EpisodicAlgorithm {
  var loops: InnerLoops { get }

  init(loops: InnerLoops)
}

extension DescendingAlgorithm {
  init(_ plan: EpisodesPlan) { self.init(loops: InnerLoops(plan)) }

  func adapted(
    _ parameters: ParameterTree<Tensor>, to support: [EpisodeRow], _ learner: EpisodicLearner,
    key: RandomKey
  ) throws -> ParameterTree<Tensor> {
    try loops.evaluation.descended(learner, from: parameters, on: support, key: key).parameters
  }
}

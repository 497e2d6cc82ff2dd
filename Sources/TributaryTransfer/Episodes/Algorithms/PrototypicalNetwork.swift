internal import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryPlan
internal import TributaryTensor

/// Prototypical networks (Snell, Swersky & Zemel 2017, arXiv:1703.05175): a class is the mean c_k of its examples'
/// features, and an example's scores are minus the squared distances from these.
///
///     −‖f − c_k‖² = 2 c_k · f − ‖c_k‖² − ‖f‖²
///
/// The last term is the same for all classes, so prototypes are a linear classifier (the paper's equation 8): it
/// becomes the adapted model's. Support and queries pass the batch norms together, as in the authors' code.
struct PrototypicalNetwork: EpisodicAlgorithm {
  static let kind = EpisodesPlan.Algorithm.protonet

  init(_: EpisodesPlan) {}

  func outcome(
    of episode: Episode, at parameters: ParameterTree<Tensor>, _ learner: EpisodicLearner,
    key: RandomKey
  ) throws -> TaskOutcome {
    try learner.queryOutcome(learner.pool.batch(episode.queries), at: parameters) {
      try scores(of: episode.queries, in: episode, at: $0, learner, key: key)
    }
  }

  func scores(
    of episode: Episode, at parameters: ParameterTree<Tensor>, _ learner: EpisodicLearner,
    transductive: Bool, key _: RandomKey
  ) throws -> Tensor {
    try withoutGradient {
      try episode.grouped(transductive) {
        try scores(of: $0, in: episode, at: parameters, learner, key: nil)
      }
    }
  }

  private func scores(
    of queries: [EpisodeRow], in episode: Episode, at parameters: ParameterTree<Tensor>,
    _ learner: EpisodicLearner, key: RandomKey?
  ) throws -> Tensor {
    let support = episode.support
    let batch = try learner.pool.batch(support + queries)
    let features = try learner.features(parameters, batch, key: key)
    let (weight, bias) = Self.classifier(
      features.sliced(axis: 0, 0..<support.count), labels: support.map(\.label),
      ways: episode.ways)
    return linear(
      features.sliced(axis: 0, support.count..<batch.labels.count), weight: weight, bias: bias)
  }

  func adapted(
    _ parameters: ParameterTree<Tensor>, to support: [EpisodeRow], _ learner: EpisodicLearner,
    key _: RandomKey
  ) throws -> ParameterTree<Tensor> {
    try withoutGradient {
      let names = try Self.head(of: learner.model)
      let features = try learner.features(
        parameters, learner.pool.batch(support), key: nil)
      let (weight, bias) = Self.classifier(
        features, labels: support.map(\.label), ways: learner.model.configuration.classes)
      return parameters.merging([names.weight: weight, names.bias: bias])
    }
  }

  /// 2 c `[ways, features]` and −‖c‖² `[ways]`, from features `[rows, features]`.
  private static func classifier(
    _ features: Tensor, labels: [Int], ways: Int
  ) -> (weight: Tensor, bias: Tensor) {
    var shares = [Float](repeating: 0, count: ways * labels.count)
    let counts = labels.reduce(into: [Int](repeating: 0, count: ways)) { $0[$1] += 1 }
    for (row, label) in labels.enumerated() {
      shares[label * labels.count + row] = 1 / Float(counts[label])
    }
    let prototypes = matmul(Tensor(shares, shape: [ways, labels.count]), features)
    return (prototypes * 2, -prototypes.squared().sum(axes: [1]))
  }

  private static func head(of model: any Model) throws -> (weight: String, bias: String) {
    let head = model.tensors.filter { model.headTensorNames.contains($0.name) }
    guard head.count == 2, let bias = head.first(where: { $0.shape.rank == 1 })?.name,
      let weight = head.first(where: {
        $0.shape == [model.configuration.classes, model.featureCount]
      })?.name
    else {
      throw TributaryError(
        "episodes.head", "\(model.architecture) has no linear classifier that prototypes could be",
        advice: "choose another algorithm or backbone")
    }
    return (weight, bias)
  }
}

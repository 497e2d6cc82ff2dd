internal import TributaryCore

/// FedDF (Lin et al. 2020, "Ensemble distillation for robust model fusion in federated learning"): the mean of the
/// clients' models goes on learning, on unlabelled examples, to say what the clients' models say together.
///
///     w ← Σ n_k w_k / Σ n_k        then over batches x of `data.public`, by Adam:
///     w ← w − η ∇ KL( softmax(1/|S| Σ_k f(w_k, x)) ‖ softmax(f(w, x)) )
///
/// For clients whose data differ much, whose mean knows less than they do together. The examples are on the
/// coordinator's machine (`data.public`); they need no labels and may be of another domain than the clients', or
/// generated. What crosses the wire is FedAvg's; the server sees every client's model by itself, as without secure
/// aggregation it does anyway, and holds a round's models in memory. The paper's η is 1e-3 with a cosine schedule, as
/// here; its early stopping on labelled examples is not: `epochs` says how long.
public struct FedDF: Strategy {
  public static let kind = "feddf"
  public static let options = [
    StrategyOption(
      "epochs", default: 1, in: 1...100_000, "passes over data.public a round, a number from 1"),
    StrategyOption(
      "batchSize", default: 128, in: 1...1_048_576, "its examples a step, a number from 1"),
    StrategyOption(
      "learningRate", default: 1e-3, in: Double.leastNormalMagnitude...1000,
      "Adam's step on them, a number above 0"),
  ]

  public let fusion: EnsembleFusion?

  public init(options: StrategyOptions) {
    fusion = EnsembleFusion(
      epochs: Int(options["epochs"] ?? 1), batchSize: Int(options["batchSize"] ?? 128),
      learningRate: options["learningRate"] ?? 1e-3)
  }
}

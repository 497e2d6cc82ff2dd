public import TributaryCore
public import TributaryPlan

/// FedNova (Wang et al. 2020, "Tackling the objective inconsistency problem in heterogeneous federated
/// optimization"): each update is divided by the number of local steps it stands for, so that clients with many
/// examples do not pull the model to their own optimum.
///
///     d_i = Δ_i / a_i        w ← w + η τ Σ p_i d_i        τ = Σ p_i a_i,   p_i = n_i / Σ n
///
/// a_i is the norm of the weights with which local gradients enter Δ_i: the number of steps for plain SGD;
/// momentum and the proximal term change it (the paper's section 4.1). η is `serverLearningRate`. Buffers move by
/// their plain mean.
public struct FedNova: Strategy {
  public static let kind = "fednova"
  public static let options: [StrategyOption] = [.serverLearningRate(default: 1)]

  private let serverLearningRate: Double

  public init(options: StrategyOptions) {
    serverLearningRate = options["serverLearningRate"] ?? 1
  }

  public func training(_ plan: LocalPlan) throws -> LocalPlan {
    guard plan.optimizer.kind == .sgd, !plan.optimizer.nesterov else {
      throw TributaryError(
        "strategy.local", "\(Self.kind) knows the steps of SGD, with or without plain momentum",
        advice: "set local.optimizer.kind to sgd and nesterov to false")
    }
    guard plan.optimizer.momentum == 0 || plan.proximal == 0 else {
      throw TributaryError(
        "strategy.local", "\(Self.kind) does not take momentum and local.proximal together",
        advice: "set one of them to 0")
    }
    var plan = plan
    plan.algorithm = StrategyPlan(kind: Self.kind)
    return plan
  }

  public func postProcessed(
    _ delta: ParameterTree<HostTensor>, of contribution: inout Contribution, buffers: Set<String>
  ) throws -> ParameterTree<HostTensor> {
    let steps = try contribution.metric("normalizer", in: 1e-9...1e9)
    return try delta.scaled(by: 1 / steps, except: buffers)
  }

  public func step(_ input: ServerStepInput) throws -> ServerStepOutput {
    var weighted = 0.0
    var examples = 0.0
    for contribution in input.contributions {
      let count = Double(contribution.exampleCount)
      weighted += count * (contribution.metrics["normalizer"] ?? 1)
      examples += count
    }
    let steps = examples > 0 ? weighted / examples : 1
    let globals = try ServerStep.moved(input) { name in
      input.buffers.contains(name) ? 1 : serverLearningRate * steps
    }
    return ServerStepOutput(globals: globals, state: input.state)
  }
}

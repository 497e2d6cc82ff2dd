public import TributaryCore
public import TributaryPlan

/// SCAFFOLD (Karimireddy et al. 2020, "SCAFFOLD: stochastic controlled averaging for federated learning"), for
/// clients whose data differ much: control variates take the clients' drift out of every local step.
///
///     client i:  y ← y − η_l (∇F_i(y) − c_i + c), from y = x
///                c_i⁺ = c_i − c + (x − y) / Σ η_l            (option II)
///     server:    x ← x + η_g · mean(y_i − x)        c ← c + |S| / N · mean(c_i⁺ − c_i)
///
/// η_g is `serverLearningRate`. Every client counts the same, as in the paper; c_i stays on the client, c and
/// the change of c_i travel: twice FedAvg's bytes. Buffers move by their mean.
public struct Scaffold: Strategy {
  public static let kind = "scaffold"
  public static let options: [StrategyOption] = [.serverLearningRate(default: 1)]

  private let serverLearningRate: Double

  public init(options: StrategyOptions) {
    serverLearningRate = options["serverLearningRate"] ?? 1
  }

  public func training(_ plan: LocalPlan) throws -> LocalPlan {
    try plan.requirePlainSGD(for: Self.kind)
    var plan = plan
    plan.algorithm = StrategyPlan(kind: Self.kind)
    return plan
  }

  public func carried(
    with globals: ParameterTree<HostTensor>, buffers: Set<String>
  ) throws -> ParameterTree<HostTensor> {
    globals.zeros(except: buffers).asCarried("control")
  }

  public func weight(of contribution: Contribution) throws -> Int {
    try contribution.equalWeight()
  }

  public func step(_ input: ServerStepInput) throws -> ServerStepOutput {
    let share =
      Double(input.contributions.count)
      / Double(max(input.population, input.contributions.count, 1))
    let globals = try ServerStep.moved(input) { name in
      if input.buffers.contains(name) { return 1 }
      return name.hasPrefix("@") ? share : serverLearningRate
    }
    return ServerStepOutput(globals: globals, state: input.state)
  }
}

public import TributaryCore
public import TributaryPlan

/// FedDyn (Acar et al. 2021, "Federated learning based on dynamic regularization"): each client's loss is bent so
/// that the clients' optima and the federation's agree in the limit.
///
///     client k:  min F_k(θ) − ⟨g_k, θ⟩ + α/2 ‖θ − w‖²,        g_k ← g_k − α (θ_k − w)
///     server:    h ← h − α / N · Σ_S (θ_k − w)        w ← mean(θ_k) − h / α
///
/// α is `alpha`; the paper uses 0.1, 0.01 and 0.001. Every client counts the same; g_k stays on the client.
/// Buffers move by their mean.
public struct FedDyn: Strategy {
  public static let kind = "feddyn"
  public static let options = [
    StrategyOption(
      "alpha", default: 0.01, in: 1e-9...1e3,
      "how strongly clients are held near the global model, a number from 1e-9 to 1000")
  ]

  private let alpha: Double

  public init(options: StrategyOptions) { alpha = options["alpha"] ?? 0.01 }

  public func training(_ plan: LocalPlan) throws -> LocalPlan {
    var plan = plan
    plan.algorithm = StrategyPlan(kind: Self.kind, options: ["alpha": alpha])
    return plan
  }

  public func weight(of contribution: Contribution) throws -> Int {
    try contribution.equalWeight()
  }

  public func initialState(
    for globals: ParameterTree<HostTensor>
  ) throws -> ParameterTree<HostTensor> {
    globals.zeros(except: []).asCarried("h")
  }

  /// h / α is kept in place of h: it is what moves the model.
  public func step(_ input: ServerStepInput) throws -> ServerStepOutput {
    let share =
      Double(input.contributions.count)
      / Double(max(input.population, input.contributions.count, 1))
    var output = ServerStepOutput(globals: try ServerStep.moved(input, by: 1), state: input.state)
    for (name, h) in input.state.carried("h") where !input.buffers.contains(name) {
      guard let mean = input.mean[name], let model = input.globals[name] else { continue }
      let (old, delta, w) = (try h.floats(), try mean.floats(), try model.floats())
      let drift = zip(old, delta).map { Float(Double($0) - share * Double($1)) }
      let next = zip(zip(w, delta), drift).map { Float(Double($0.0) + Double($0.1) - Double($1)) }
      output.globals[name] = try ServerStep.finite(
        HostTensor(next, shape: model.shape), called: name)
      output.state[ParameterTree<HostTensor>.carriedName("h", of: name)] = HostTensor(
        drift, shape: h.shape)
    }
    return output
  }
}

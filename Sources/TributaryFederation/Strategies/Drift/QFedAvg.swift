internal import CTributaryKernels
public import TributaryCore
public import TributaryPlan

/// q-FedAvg (Li et al. 2020, "Fair resource allocation in federated learning", algorithm 2): clients on which the
/// model does badly count more, so that accuracy is spread more evenly.
///
///     Δ_k = L (w − w_k)        h_k = q F_k^{q−1} ‖Δ_k‖² + L F_k^q        w ← w − Σ F_k^q Δ_k / Σ h_k
///
/// F_k is the loss of the received model over the client's examples, L = 1 / `local.optimizer.learningRate`, q is
/// `q`: 0 is the plain mean of the clients. Buffers move by their plain mean.
public struct QFedAvg: Strategy {
  public static let kind = "qfedavg"
  public static let options = [
    StrategyOption(
      "q", default: 1, in: 0...10,
      "how much more a client counts whose loss is high, a number from 0 (not at all) to 10")
  ]

  private let q: Double

  public init(options: StrategyOptions) { q = options["q"] ?? 1 }

  public func training(_ plan: LocalPlan) throws -> LocalPlan {
    try plan.requirePlainSGD(for: Self.kind)
    var plan = plan
    plan.algorithm = StrategyPlan(kind: Self.kind)
    return plan
  }

  public func weight(of contribution: Contribution) throws -> Int {
    try contribution.equalWeight()
  }

  public func postProcessed(
    _ delta: ParameterTree<HostTensor>, of contribution: inout Contribution, buffers: Set<String>
  ) throws -> ParameterTree<HostTensor> {
    // The paper's code adds 1e-10, so that a loss of 0 has a power.
    let loss = try contribution.metric("initialLoss", in: 0...1e4) + 1e-10
    let factor = tributary_power(loss, q)
    // The sum is exact to 2^-56: what is far smaller would be lost in it.
    guard factor >= 1e-8 else {
      throw TributaryError(
        "update.range",
        "\(contribution.client): a loss of \(loss) to the power of \(q) leaves nothing of its update",
        advice: "lower q")
    }
    contribution.notes = ["loss": loss, "squaredNorm": delta.squaredNorm(except: buffers)]
    return try delta.scaled(by: factor, except: buffers)
  }

  public func step(_ input: ServerStepInput) throws -> ServerStepOutput {
    let lipschitz = 1 / input.local.optimizer.learningRate
    var sum = 0.0
    for notes in input.contributions.map(\.notes) {
      let loss = notes["loss"] ?? 1
      let squared = lipschitz * lipschitz * (notes["squaredNorm"] ?? 0)
      sum += q * tributary_power(loss, q - 1) * squared + lipschitz * tributary_power(loss, q)
    }
    // The mean is the sum of F_k^q (w_k − w) over their number.
    let step = sum > 0 ? lipschitz * Double(input.contributions.count) / sum : 1
    let globals = try ServerStep.moved(input) { input.buffers.contains($0) ? 1 : step }
    return ServerStepOutput(globals: globals, state: input.state)
  }
}

public import TributaryCore
internal import TributaryFeatures
public import TributaryPlan
internal import TributaryTensor

/// A classifier on a frozen backbone, solved from the sums over all clients' examples in one round: exactly what
/// would be solved on the pooled examples.
///
///     client k:  n_c, s_c = Σ_{y=c} x, P = Σ x xᵀ over its examples        server: W, b = f(Σ_k n, Σ_k s, Σ_k P)
///
/// f is `transfer.head`'s: ridge, lda or prototype, which needs no P. The sums are integers (`FeatureStatistics`), so
/// that neither order nor grouping matters. Clients do not train; what they send is about their examples, not their
/// gradients: see `protocol/004-session.md` for what it reveals.
public struct ClosedForm: Strategy {
  public static let kind = "closed-form"
  public static let options: [StrategyOption] = []

  private let head: HeadPlan

  public init(options _: StrategyOptions) { self.init(HeadPlan(kind: .ridge)) }

  public init(_ head: HeadPlan) { self.head = head }

  public func training(_ plan: LocalPlan) throws -> LocalPlan {
    var plan = plan
    plan.algorithm = StrategyPlan(
      kind: "feature-statistics",
      options: [
        "products": ClosedFormHead.needsProducts(head) ? 1 : 0,
        "minimumExamples": Double(head.minimumExamples),
      ])
    return plan
  }

  public func carried(
    with globals: ParameterTree<HostTensor>, buffers _: Set<String>
  ) throws -> ParameterTree<HostTensor> {
    let layer = try Self.layer(of: globals)
    try FeatureStatistics.requireWidth(layer.width)
    return try FeatureStatistics(classes: layer.classes, width: layer.width).tensors(
      products: ClosedFormHead.needsProducts(head))
  }

  public func weight(of contribution: Contribution) throws -> Int {
    try contribution.equalWeight()
  }

  public func step(_ input: ServerStepInput) throws -> ServerStepOutput {
    let layer = try Self.layer(of: input.globals.withoutCarried)
    let statistics = try FeatureStatistics(
      mean: input.mean, clients: max(1, input.contributions.count))
    let solved = try ClosedFormHead.solve(statistics, head)
    var output = ServerStepOutput(globals: input.globals, state: input.state)
    output.globals[layer.weight] = try ServerStep.finite(
      HostTensor(solved.weight.values.map(Float.init), shape: [layer.classes, layer.width]),
      called: layer.weight)
    output.globals[layer.bias] = try ServerStep.finite(
      HostTensor(solved.bias.map(Float.init), shape: [layer.classes]), called: layer.bias)
    return output
  }

  private struct Layer {
    var weight: String
    var bias: String
    var classes: Int
    var width: Int
  }

  /// The one linear layer that moves.
  private static func layer(of globals: ParameterTree<HostTensor>) throws -> Layer {
    guard globals.count == 2,
      let weight = Array(globals).first(where: { $0.1.shape.rank == 2 }),
      let bias = Array(globals).first(where: { $0.1.shape == [weight.1.shape[0]] })
    else {
      throw TributaryError(
        "transfer.head", "what moves is not one linear layer with a bias: it cannot be solved",
        advice: "set transfer.method to head, or transfer.head.kind to softmax")
    }
    return Layer(
      weight: weight.0, bias: bias.0, classes: weight.1.shape[0], width: weight.1.shape[1])
  }
}

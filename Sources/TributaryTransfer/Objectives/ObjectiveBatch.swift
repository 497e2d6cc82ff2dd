public import TributaryCore
public import TributaryModels
public import TributaryTensor

/// What an objective may see of one step.
public struct ObjectiveBatch {
  /// The examples of one domain in the step, and what the model being trained makes of them.
  public struct Domain {
    /// nil where features were computed once and the input is not read any more.
    public var input: ModelInput?
    /// `[examples, featureCount]`
    public var features: Tensor
    /// `[examples, classes]`
    public var logits: Tensor
    /// int32, one a row of the logits; nil in the target domain.
    public var labels: Tensor?

    /// What layers that a term asked for made of the examples.
    public var captured: [String: Tensor] = [:]

    /// A layer that a term asked for, or `features`.
    func named(_ layer: String) -> Tensor? {
      layer == FeatureHints.features ? features : captured[layer]
    }

    /// The rows of `x` that have a label: of a language model's positions those before the padding.
    func counted(_ x: Tensor) -> Tensor {
      guard let labels = labels?.ints(), labels.contains(ignoredLabel) else { return x }
      let rows = labels.indices.filter { labels[$0] != ignoredLabel }.map(Int32.init)
      return embedding(x, ids: Tensor(rows, shape: [rows.count]))
    }

    /// What a setting `layer` names.
    func layer(_ name: String) -> Tensor { name == "logits" ? logits : features }
  }

  /// The one domain that a step has, and the other's statistics over all clients, where those are known.
  func apart(_ moments: DomainMoments) -> (own: Domain, other: ParameterTree<Tensor>)? {
    guard (source == nil) != (target == nil), let own = source ?? target,
      let other = source == nil ? moments.source : moments.target
    else { return nil }
    return (own, other)
  }

  /// The labelled examples; nil where a client has none.
  public var source: Domain?
  /// The examples of the target domain; nil where there are none.
  public var target: Domain?
  /// How much of the run's training is done, 0 to 1.
  public var progress: Double
  /// Under which random numbers of this step are drawn.
  public var key: RandomKey
  /// The tensors being trained, the objectives' own ones among them.
  var parameters: (_ name: String) throws -> Tensor

  /// Both domains, where the step has both.
  var domains: (source: Domain, target: Domain)? {
    guard let source, let target else { return nil }
    return (source, target)
  }
}

extension Model {
  /// The numbers of an example in what a setting `layer` names.
  func width(ofLayer name: String) -> Int {
    name == "logits" ? configuration.classes : featureCount
  }
}

internal import TributaryCore
internal import TributaryStorage
public import TributaryNN
public import TributaryTensor

/// A two-layer GraphSAGE network with the mean aggregator (Hamilton, Ying & Leskovec 2017, arXiv:1706.02216), over
/// all neighbours rather than a sample: `W₂ [h ; mean h] + b₂` of `h = relu(W₁ [x ; mean x] + b₁)`, with dropout in
/// front of both layers.
///
/// Settings: `inputs` (features of a node), `hidden_size` 64, `dropout` 0.5. Features are `[h ; mean h]` at the nodes
/// of a batch.
public struct GraphSAGE: Model {
  static let registration = Architecture(
    name: "graphsage", headWeight: "layer2.weight", image: nil, isGraph: true,
    settings: { shape in
      shape("layer1.weight").map {
        [("inputs", .integer($0[1] / 2)), ("hidden_size", .integer($0[0]))]
      } ?? []
    }, make: GraphSAGE.init)

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let featureCount: Int
  public let layerNames = ["layer1"]
  public let nodeFeatureCount: Int?
  private let layer1: MeanAggregation
  private let layer2: Linear
  private let inputDropout: Dropout
  private let dropout: Dropout

  init(_ configuration: ModelConfiguration) throws {
    let settings = try GraphSettings(configuration, hidden: 64)
    self.configuration = configuration
    nodeFeatureCount = settings.inputs
    featureCount = 2 * settings.hidden
    layer1 = MeanAggregation("layer1", inputs: settings.inputs, outputs: settings.hidden)
    layer2 = Linear(
      "layer2", inputs: featureCount, outputs: configuration.classes,
      initializer: .glorotUniform(inputs: featureCount, outputs: configuration.classes))
    inputDropout = Dropout(
      "dropout1", probability: settings.dropout, guarding: layer1.weight)
    dropout = Dropout("dropout2", probability: settings.dropout, guarding: layer2.weight)
    tensors = layer1.tensors + layer2.tensors
    headTensorNames = Set(layer2.tensors.map(\.name))
  }

  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    let (graph, nodes) = try nodes(input)
    let x = NodeValues.sparse(inputDropout(graph.features, pass))
    let hidden = try layer1(x, in: graph, pass).relu()
    pass.capture("layer1", hidden)
    let kept = try dropout(hidden, pass)
    let both = Tensor.concatenated([kept, sparseProduct(graph.mean, kept)], axis: 1)
    return embedding(both, ids: nodes)
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor { try layer2(features, pass) }
}

internal import TributaryCore
internal import TributaryStorage
public import TributaryNN
public import TributaryTensor

/// Kipf & Welling's two-layer graph convolutional network (2017, arXiv:1609.02907): `Â relu(Â X W₁ᵀ + b₁) W₂ᵀ + b₂`,
/// with dropout in front of both products.
///
/// Settings: `inputs` (features of a node), `hidden_size` 16, `dropout` 0.5. Features are `Â relu(...)` at the nodes
/// of a batch, so that the classifier is a linear layer like any other.
public struct GCN: Model {
  static let registration = Architecture(
    name: "gcn", headWeight: "conv2.weight", image: nil, isGraph: true,
    settings: { shape in
      shape("conv1.weight").map {
        [("inputs", .integer($0[1])), ("hidden_size", .integer($0[0]))]
      } ?? []
    }, make: GCN.init)

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let featureCount: Int
  public let layerNames = ["conv1"]
  public let nodeFeatureCount: Int?
  private let conv1: GraphConvolution
  private let conv2: Linear
  private let inputDropout: Dropout
  private let dropout: Dropout

  init(_ configuration: ModelConfiguration) throws {
    let settings = try GraphSettings(configuration, hidden: 16)
    self.configuration = configuration
    nodeFeatureCount = settings.inputs
    featureCount = settings.hidden
    conv1 = GraphConvolution("conv1", inputs: settings.inputs, outputs: settings.hidden)
    conv2 = Linear(
      "conv2", inputs: settings.hidden, outputs: configuration.classes,
      initializer: .glorotUniform(inputs: settings.hidden, outputs: configuration.classes))
    inputDropout = Dropout(
      "dropout1", probability: settings.dropout, guarding: conv1.weight)
    dropout = Dropout("dropout2", probability: settings.dropout, guarding: conv2.weight)
    tensors = conv1.tensors + conv2.tensors
    headTensorNames = Set(conv2.tensors.map(\.name))
  }

  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    let (graph, nodes) = try nodes(input)
    let x = NodeValues.sparse(inputDropout(graph.features, pass))
    let hidden = try conv1(x, in: graph, pass).relu()
    pass.capture("conv1", hidden)
    return embedding(sparseProduct(graph.symmetric, try dropout(hidden, pass)), ids: nodes)
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor { try conv2(features, pass) }
}

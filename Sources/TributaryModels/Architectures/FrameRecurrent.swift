internal import TributaryCore
public import TributaryNN
public import TributaryTensor

/// A classifier that reads a map frame by frame, as of a recording's features: LSTM or GRU layers whose inputs are the
/// map's rows, and a classifier on the last layer's final state, both directions joined. Names as `torch.nn` modules
/// `lstm` or `gru`, `classifier`.
///
/// Settings: `hidden_size` 64 (a direction), `layers` 1, `bidirectional` true, `dropout` 0 (between layers and in front
/// of the classifier).
public struct FrameRecurrent: Model {
  static let registrations = RecurrentCell.allCases.map { cell in
    Architecture(
      name: "frame-\(cell.rawValue)", headWeight: "classifier.weight",
      image: { .standard(.unit, channels: 1, side: 28, request: $0) }
    ) { try FrameRecurrent($0, cell: cell) }
  }

  public let configuration: ModelConfiguration
  public let tensors: [TensorSpec]
  public let headTensorNames: Set<String>
  public let featureCount: Int
  public let layerNames: [String] = []
  private let layers: Recurrent
  private let dropout: Dropout
  private let classifier: Linear

  init(_ configuration: ModelConfiguration, cell: RecurrentCell) throws {
    let image = try configuration.requireImage()
    let settings = try RecurrentSettings(configuration.settings, hidden: 64)
    self.configuration = configuration
    layers = Recurrent(
      cell.rawValue, cell: cell, inputs: image.channels * image.height, units: settings.hidden,
      layers: settings.layers, isBidirectional: settings.isBidirectional,
      dropout: settings.dropout)
    featureCount = layers.outputs
    classifier = Linear("classifier", inputs: featureCount, outputs: configuration.classes)
    dropout = Dropout("dropout", probability: settings.dropout, guarding: classifier.weight)
    tensors = layers.tensors + classifier.tensors
    headTensorNames = Set(classifier.tensors.map(\.name))
  }

  public func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    let x = try images(input)
    let rows = x.reshaped([x.shape[0], x.shape[1] * x.shape[2], x.shape[3]])
    return try layers.lastState(rows.permuted([2, 0, 1]), pass)
  }

  public func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    try classifier(dropout(features, pass), pass)
  }
}

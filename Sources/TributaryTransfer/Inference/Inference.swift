public import TributaryCore
public import TributaryModels
internal import TributaryNN
public import TributaryTensor

/// A model with its tensors in memory, run without gradients.
public struct Inference {
  public let model: any Model
  private let parameters: ParameterTree<Tensor>

  public init(model: any Model, tensors: ParameterTree<HostTensor>) throws {
    self.model = model
    parameters = try tensors.mapValues { try Tensor($0) }
  }

  public init(model: any Model, parameters: ParameterTree<Tensor>) {
    self.model = model
    self.parameters = parameters
  }

  /// `[batch, classes]`.
  public func logits(_ input: ModelInput) throws -> Tensor {
    try withoutGradient { try model.logits(input, pass) }
  }

  /// The backbone's output, `[batch, featureCount]`.
  public func features(_ input: ModelInput) throws -> Tensor {
    try withoutGradient { try model.features(input, pass) }
  }

  /// The features of every example in its order, `[count, featureCount]`.
  public func features(of source: ExampleSource, batchSize: Int) throws -> Tensor {
    try features(of: TrainingExamples(source), batchSize: batchSize)
  }

  /// The features of a client's examples in its order, `[count, featureCount]`.
  public func features(of examples: TrainingExamples, batchSize: Int) throws -> Tensor {
    let width = model.featureCount
    var rows = [Float](repeating: 0, count: examples.count * width)
    let order = examples.source.byLength(examples.indices)
    for start in stride(from: 0, to: order.count, by: batchSize) {
      let batch = order[start..<min(start + batchSize, order.count)]
      let values = try features(examples.source.input(batch.map { examples.indices[$0] })).floats()
      for (row, position) in batch.enumerated() {
        rows.replaceSubrange(
          position * width..<(position + 1) * width, with: values[row * width..<(row + 1) * width])
      }
    }
    return Tensor(rows, shape: [examples.count, width])
  }

  private var pass: Pass { Pass(parameters: parameters, mode: .inference) }
}

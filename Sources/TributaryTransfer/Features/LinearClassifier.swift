internal import TributaryCore
internal import TributaryFeatures
public import TributaryModels
internal import TributaryNN
internal import TributaryPlan
internal import TributaryTensor

/// The tensors of a model whose classifier is one linear layer: logits = W x + b.
public struct LinearClassifier: Sendable {
  /// `[classes, features]`
  let weight: String
  /// `[classes]`
  let bias: String
  private let model: any Model

  /// - Throws: `transfer.head` where the classifier is anything else.
  public init(of model: any Model) throws {
    let head = model.tensors.filter { model.headTensorNames.contains($0.name) }
    let classes = model.configuration.classes
    guard head.count == 2,
      let weight = head.first(where: { $0.shape == [classes, model.featureCount] }),
      let bias = head.first(where: { $0.shape == [classes] })
    else {
      throw TributaryError(
        "transfer.head",
        "the classifier of \(model.architecture) is not one linear layer with a bias: it cannot be solved",
        advice: "set transfer.head.kind to softmax")
    }
    self.weight = weight.name
    self.bias = bias.name
    self.model = model
  }

  /// The classifier's tensors of `head`.
  func tensors(_ head: LinearHead) -> ParameterTree<HostTensor> {
    [
      weight: HostTensor(
        head.weight.values.map(Float.init), shape: [head.weight.rows, head.weight.columns]),
      bias: HostTensor(head.bias.map(Float.init), shape: [head.bias.count]),
    ]
  }

  /// The head that `plan` asks for, on `examples` with their features.
  ///
  /// - Throws: `data.label`, `features.empty`, `linearAlgebra.singular`.
  func head(_ plan: HeadPlan, examples: TrainingExamples) throws -> LinearHead {
    let classes = model.configuration.classes
    guard plan.kind == .logistic else {
      let statistics = try examples.statistics(
        classes: classes, products: ClosedFormHead.needsProducts(plan))
      return try ClosedFormHead.solve(statistics, plan)
    }
    guard let features = examples.features, let labels = examples.source.labels else {
      preconditionFailure("a head is found from features and labels")
    }
    return LogisticHead.fit(
      Matrix(features), labels: examples.indices.map { Int(labels[$0]) }, classes: classes,
      l2: plan.l2)
  }
}

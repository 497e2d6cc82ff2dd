public import TributaryCore
public import TributaryModels
internal import TributaryNN
internal import TributaryTensor

/// How much a classifier's decisions depend on each of its weights.
public enum FisherInformation {
  /// Beside the model's `model.safetensors`.
  public static let fileName = "fisher.safetensors"

  /// The diagonal of the Fisher information, F_i = E_x E_{y ~ p(y|x)} (∂ log p(y|x) / ∂w_i)²: over the examples of
  /// `source` at `indices`, each with one class drawn from what the model says of it (Kirkpatrick et al. 2017; Martens
  /// 2020 on why not its label). Batch norms keep their running statistics and have none. Of a language model's text
  /// every position is an example.
  ///
  /// - Parameter key: under which classes are drawn.
  public static func diagonal(
    of model: LoadedModel, on source: ExampleSource, indices: [Int], key: RandomKey,
    isCancelled: () -> Bool = { false }
  ) throws -> ParameterTree<HostTensor> {
    let tensors = try model.tensors.mapValues { try Tensor($0) }
    let norms = Set(
      model.model.tensors.filter { $0.name.hasSuffix(".running_mean") }
        .map { FreezePlan.module(of: $0.name) })
    let names = model.model.tensors.filter {
      $0.role == .parameter && !norms.contains(FreezePlan.module(of: $0.name))
    }.map(\.name)
    let weights = ParameterTree(names.compactMap { name in tensors[name].map { (name, $0) } })
    let fixed = tensors.filter { name, _ in weights[name] == nil }
    var sum = weights.mapValues { Tensor.zeros($0.shape) }
    for (position, index) in indices.enumerated() {
      if isCancelled() { throw CancellationError() }
      let example = source.counted(index, model.model)
      if example.rows?.count == 0 { continue }
      let (slope, rows) = try slope(
        model.model, weights, fixed, example, key: key.at(position))
      // Rows are drawn independently: the square of their sum is on average the sum of their squares.
      let count = Float(rows)
      withoutGradient {
        sum = sum.map { name, value in
          slope[name].map { value + (rows == 1 ? $0.squared() : $0.squared() * count) } ?? value
        }
      }
    }
    let share = 1 / Float(max(1, indices.count))
    return withoutGradient { sum.mapValues { ($0 * share).host() } }
  }

  /// The gradient of −log p(y|x), y drawn from p(y|x), as a mean over the rows of logits that x has.
  private static func slope(
    _ model: any Model, _ weights: ParameterTree<Tensor>, _ fixed: ParameterTree<Tensor>,
    _ example: (input: ModelInput, rows: Tensor?), key: RandomKey
  ) throws -> (mean: ParameterTree<Tensor>, rows: Int) {
    var rows = 1
    let gradient = try valueAndGradient(
      of: { weights in
        let pass = Pass(
          parameters: weights, frozen: fixed, mode: .training(trainable: Set(weights.names)),
          key: key, isDroppingOut: false)
        let all = try model.rowLogits(example.input, pass)
        let logits = example.rows.map { embedding(all, ids: $0) } ?? all
        rows = logits.shape[0]
        let classes = logits.shape[1]
        let probabilities = softmax(logits.detached).floats()
        var stream = key.at("class").generator
        let labels = (0..<rows).map { row in
          drawn(probabilities[row * classes..<(row + 1) * classes], &stream)
        }
        return softmaxCrossEntropy(logits, labels: Tensor(labels, shape: [rows]))
      }, at: weights
    ).gradient
    return (gradient, rows)
  }

  private static func drawn(
    _ probabilities: ArraySlice<Float>, _ stream: inout RandomStream
  ) -> Int32 {
    var rest = stream.uniform()
    for (label, probability) in probabilities.enumerated() {
      rest -= probability
      if rest < 0 { return Int32(label) }
    }
    return Int32(probabilities.count - 1)
  }
}

extension ExampleSource {
  /// One example, and of a language model the rows of its logits that have a label: the others are padding.
  fileprivate func counted(
    _ index: Int, _ model: any Model
  ) -> (input: ModelInput, rows: Tensor?) {
    guard model.configuration.objective == .languageModel else { return (input([index]), nil) }
    let (input, labels) = batch([index])
    let rows = labels.ints().enumerated().filter { $0.element >= 0 }.map { Int32($0.offset) }
    return (input, Tensor(rows, shape: [rows.count]))
  }
}

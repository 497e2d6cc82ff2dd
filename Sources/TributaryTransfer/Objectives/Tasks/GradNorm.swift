internal import Foundation
internal import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryTensor

/// GradNorm (Chen et al. 2018, "GradNorm: gradient normalization for adaptive loss balancing"): tasks are weighed so
/// that each moves the shared backbone about as much, and one that learns slowly more.
///
///     Σ_k w_k L_k   and for w alone   weight · Σ_k | w_k g_k − Ḡ r_k^α |        w = K softmax(u)
///
/// g_k = ‖∂L_k/∂z‖ at the features z of head k's examples, which every head reads (the paper takes a layer's weights;
/// the features are the bound of Sener & Koltun 2018, and cost nothing), Ḡ the mean of w_k g_k, and r_k the task's
/// L_k / log C_k over the mean of these: the paper's choice of L(0) for classes. The softmax keeps Σ w = K, as the
/// paper's renormalising does. The u are trained with the model's parameters, and in a federation averaged with them;
/// a batch with one task alone does not move them.
struct GradNorm: TrainingObjective {
  static let kind = "gradnorm"
  static let summary =
    "Σ w task, w learned for each of task.heads so that gradients at the features are alike (GradNorm, Chen et al. 2018)"
  static let options = [
    ObjectiveOption("alpha", .number(default: 1.5, 0...100), "how much slow tasks are favoured"),
    .weight(default: 1),
  ]

  private let alpha: Double
  private let weight: Float

  init(_ settings: ObjectiveSettings) {
    alpha = Double(settings.number("alpha"))
    weight = settings.number("weight")
  }

  static let balance = "balance"

  func reference(for loaded: LoadedModel) throws -> ObjectiveReference {
    try loaded.requireHeads(for: Self.kind)
    _ = try LinearClassifier(of: loaded.model)
    return ObjectiveReference()
  }

  func tensors(of model: any Model) -> [TensorSpec] {
    model.configuration.heads.map { heads in
      [TensorSpec(Self.balance, [heads.count], initializer: .zeros)]
    } ?? []
  }

  func add(to terms: inout LocalTerms, _ training: ObjectiveTraining) throws {
    let heads = TaskHeads(training.model.configuration.heads ?? [])
    let classifier = try LinearClassifier(of: training.model)
    terms.taskShare = 0
    terms.losses.append { [self] batch in
      guard let source = batch.source, let labels = source.labels else { return .scalar(0) }
      return loss(
        source.logits, HeadRows.all(labels, heads: heads),
        classifier: try batch.parameters(classifier.weight),
        balance: try batch.parameters(training.own(Self.balance)))
    }
  }

  /// - Parameters:
  ///   - classifier: its weights, `[classes, features]`.
  ///   - balance: u, `[heads]`.
  func loss(
    _ logits: Tensor, _ heads: [HeadRows], classifier: Tensor, balance: Tensor
  ) -> Tensor {
    let weights = softmax(balance.reshaped([1, -1])) * Float(balance.count)
    let shares = heads.map { head in
      weights.sliced(axis: 1, head.head..<(head.head + 1)).sum()
    }
    let losses = heads.map { $0.loss(logits) }
    let total = zip(shares, losses).reduce(Tensor.scalar(0)) { $0 + $1.1 * $1.0.item }
    guard heads.count > 1 else { return total }
    let norms = heads.map { Self.norm($0, logits, classifier) }
    let goals = goals(heads, norms: norms, weights: shares.map(\.item), losses: losses.map(\.item))
    return zip(zip(shares, norms), goals).reduce(total) { sum, term in
      sum + (term.0.0 * term.0.1 - term.1).abs() * weight
    }
  }

  /// Ḡ r_k^α
  private func goals(
    _ heads: [HeadRows], norms: [Float], weights: [Float], losses: [Float]
  ) -> [Float] {
    let mean = zip(weights, norms).reduce(0) { $0 + $1.0 * $1.1 } / Float(heads.count)
    let progress = zip(heads, losses).map { Double($1) / log(Double(max(2, $0.range.count))) }
    let average = progress.reduce(0, +) / Double(heads.count)
    return progress.map { mean * Float(pow(average > 0 ? $0 / average : 1, alpha)) }
  }

  /// ‖∂L_k/∂z‖: of a linear head (softmax(logits) − labels) W / n.
  private static func norm(_ head: HeadRows, _ logits: Tensor, _ classifier: Tensor) -> Float {
    withoutGradient {
      let scores = head.logits(logits.detached)
      let count = scores.shape[0]
      var slope = softmax(scores).floats()
      for (row, label) in head.labels.ints().enumerated() {
        slope[row * scores.shape[1] + Int(label)] -= 1
      }
      let own = classifier.detached.sliced(axis: 0, head.range)
      let gradient = matmul(Tensor(slope, shape: scores.shape), own) * (1 / Float(count))
      return gradient.squared().sum().item.squareRoot()
    }
  }
}

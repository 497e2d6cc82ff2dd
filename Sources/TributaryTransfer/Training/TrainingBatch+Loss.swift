internal import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryTensor

extension TrainingBatch {
  /// What a step minimises.
  struct Loss {
    /// With all terms.
    var total: Tensor
    /// The task's; nil where there are no labels.
    var task: Tensor?
    /// Of the labelled rows.
    var logits: Tensor?
  }

  /// Where a step stands, for objectives.
  struct Place {
    var progress: Double
    var key: RandomKey
    var parameters: ParameterTree<Tensor>
  }

  /// The task's loss and that of `terms`; both domains go through the model side by side, so that batch norms see
  /// both.
  func loss(
    _ model: any Model, _ pass: Pass, terms: LocalTerms?, at place: @autoclosure () -> Place
  ) throws -> Loss {
    guard let terms, !terms.losses.isEmpty else {
      guard let source, let labels else { return Loss(total: .scalar(0)) }
      let logits = try source.input.logits(model, pass)
      let judged = model.judged(logits, by: labels)
      let task = taskLoss(model, logits, judged, labels: labels)
      return Loss(
        total: terms.map { $0.taskShare == 1 ? task : task * $0.taskShare } ?? task, task: task,
        logits: judged)
    }
    let place = place()
    var batch = ObjectiveBatch(
      progress: place.progress, key: place.key,
      parameters: { name in
        if let tensor = place.parameters[name] { return tensor }
        throw TributaryError("model.tensor", "the training has no tensor \(name)")
      })
    (batch.source, batch.target) = try domains(model, pass)
    let weights = try terms.exampleWeights.flatMap { try $0(batch) }
    guard let source = batch.source, let labels = source.labels else {
      let total = try terms.losses.reduce(.scalar(0)) { $0 + (try $1(batch)) }
      return Loss(total: total, task: nil, logits: batch.source?.logits)
    }
    let judged = model.judged(source.logits, by: labels)
    let task = taskLoss(model, source.logits, judged, labels: labels)
    let weighted = weights.map {
      taskLoss(model, source.logits, judged, labels: labels, weights: $0)
    }
    let total = try terms.losses.reduce((weighted ?? task) * terms.taskShare) {
      $0 + (try $1(batch))
    }
    return Loss(total: total, task: task, logits: judged)
  }

  /// - Parameters:
  ///   - judged: `logits` as the labels' own heads see them.
  ///   - weights: of the rows; nil: all alike.
  private func taskLoss(
    _ model: any Model, _ logits: Tensor, _ judged: Tensor, labels: Tensor,
    weights: [Float]? = nil
  ) -> Tensor {
    func loss(_ logits: Tensor, _ labels: Tensor) -> Tensor {
      weights.map { weightedCrossEntropy(logits, labels: labels, weights: $0) }
        ?? crossEntropy(logits: logits, labels: labels)
    }
    let own = loss(judged, labels)
    guard let mixture else { return own }
    let others = loss(model.judged(logits, by: mixture.labels), mixture.labels)
    return own * mixture.ownShare + others * (1 - mixture.ownShare)
  }

  private func domains(
    _ model: any Model, _ pass: Pass
  ) throws -> (source: ObjectiveBatch.Domain?, target: ObjectiveBatch.Domain?) {
    guard let first = source ?? target else { return (nil, nil) }
    let isBoth = source != nil && target != nil
    let input = try isBoth ? target.map { try first.input.joined(with: $0.input) } : nil
    let features = try (input ?? first.input).features(model, pass)
    let logits = try model.logits(features: features, pass)
    func domain(_ rows: Rows, from start: Int, labels: Tensor?) -> ObjectiveBatch.Domain {
      let range = start..<(start + rows.count)
      func part(_ x: Tensor) -> Tensor { isBoth ? x.sliced(axis: 0, range) : x }
      var domain = ObjectiveBatch.Domain(
        input: rows.input.modelInput, features: part(features), logits: part(logits),
        labels: labels)
      domain.captured = pass.captured.mapValues(part)
      return domain
    }
    return (
      source.map { domain($0, from: 0, labels: labels) },
      target.map { domain($0, from: source?.count ?? 0, labels: nil) }
    )
  }
}

/// 1/n Σ w_i CE_i of logits `[n, classes]` and int32 labels `[n]`.
func weightedCrossEntropy(_ logits: Tensor, labels: Tensor, weights: [Float]) -> Tensor {
  let (rows, classes) = (logits.shape[0], logits.shape[1])
  var shares = [Float](repeating: 0, count: rows * classes)
  for (row, label) in labels.ints().enumerated() where label >= 0 {
    shares[row * classes + Int(label)] = -weights[row] / Float(rows)
  }
  return (logSoftmax(logits) * Tensor(shares, shape: logits.shape)).sum()
}

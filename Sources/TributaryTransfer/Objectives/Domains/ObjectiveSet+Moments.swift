public import TributaryCore
public import TributaryModels
public import TributaryNN
public import TributaryTensor

extension ObjectiveSet {
  /// The statistics that travel where domains are on different clients, zeros before round 1: named as carried tensors.
  public func moments(of model: any Model) -> [TensorSpec] {
    members.enumerated().flatMap { index, member -> [TensorSpec] in
      let specs = member.objective.statistics(of: model)
      guard !specs.isEmpty else { return [] }
      let share = TensorSpec(DomainMoments.share, [1], role: .buffer, initializer: .zeros)
      return DomainMoments.Domain.allCases.flatMap { domain in
        (specs + [share]).map { spec in
          TensorSpec(
            Self.momentName(index, domain, spec.name), spec.shape, role: .buffer,
            initializer: .zeros)
        }
      }
    }
  }

  /// Checks the statistics among what came with a task; false where there are none.
  /// - Throws: `task.tensors` where they are not those of these objectives.
  @discardableResult
  public func requireMoments(
    _ received: ParameterTree<Tensor>, of model: any Model
  ) throws -> Bool {
    let kind = ParameterTree<Tensor>.carriedName(DomainMoments.kind, of: "")
    let own = received.filter { name, _ in name.hasPrefix(kind) }
    guard !own.isEmpty else { return false }
    let specs = moments(of: model)
    guard own.names == ParameterTree(specs.map { ($0.name, 0) }).names,
      specs.allSatisfy({ own[$0.name]?.shape == $0.shape })
    else {
      throw TributaryError("task.tensors", "the task's statistics are not those of its objectives")
    }
    return true
  }

  /// What a client sends of its examples: the changes of the statistics that it received.
  ///
  /// - Parameters:
  ///   - inference: of the model as received, the same for all clients.
  ///   - received: the carried tensors of the task.
  /// - Throws: `task.tensors` where those do not fit the objectives.
  public func momentChanges(
    _ inference: Inference, source: TrainingExamples, target: TrainingExamples?,
    received: ParameterTree<Tensor>
  ) throws -> ParameterTree<Tensor> {
    let specs = moments(of: inference.model)
    guard try requireMoments(received, of: inference.model) else { return [:] }
    var found = ParameterTree(specs.map { ($0.name, Tensor.zeros($0.shape)) })
    let domains: [(DomainMoments.Domain, TrainingExamples?)] = [
      (.source, source), (.target, target),
    ]
    for (domain, examples) in domains {
      guard let examples, examples.count > 0 else { continue }
      found = found.merging(
        try measured(inference, examples, of: domain, received: received))
    }
    return withoutGradient {
      found.map { name, value in received[name].map { value - $0 } ?? value }
    }
  }

  private func measured(
    _ inference: Inference, _ examples: TrainingExamples, of domain: DomainMoments.Domain,
    received: ParameterTree<Tensor>
  ) throws -> ParameterTree<Tensor> {
    let measures = members.indices.map { index in
      members[index].objective.measure(
        of: inference.model, former: moments(of: index, among: received))
    }
    let batches = examples.source.inferenceBatches(of: 64, among: examples.indices)
    let sums = try inference.map(batches) { batch in
      let (features, logits) = try inference.outputs(
        examples.source.input(batch.map { examples.indices[$0] }))
      return withoutGradient { measures.map { $0(features, logits) } }
    }
    var result: ParameterTree<Tensor> = [:]
    for index in members.indices {
      guard var total = sums.first?[index], !total.isEmpty else { continue }
      withoutGradient {
        for sum in sums.dropFirst() {
          total = total.map { name, value in sum[index][name].map { value + $0 } ?? value }
        }
        for (name, value) in total {
          result[Self.momentName(index, domain, name)] = value * (1 / Float(examples.count))
        }
      }
      result[Self.momentName(index, domain, DomainMoments.share)] = .ones([1])
    }
    return result
  }

  /// One objective's statistics among the carried tensors of a task.
  func moments(of index: Int, among carried: ParameterTree<Tensor>) -> DomainMoments {
    let prefix = "\(index)."
    return DomainMoments(
      ParameterTree(
        Array(carried.carried(DomainMoments.kind)).compactMap { name, tensor in
          name.hasPrefix(prefix) ? (String(name.dropFirst(prefix.count)), tensor) : nil
        }))
  }

  private static func momentName(
    _ index: Int, _ domain: DomainMoments.Domain, _ name: String
  ) -> String {
    ParameterTree<Tensor>.carriedName(DomainMoments.kind, of: "\(index).\(domain.rawValue).\(name)")
  }
}

internal import TributaryCore
internal import TributaryModels
internal import TributaryNN
internal import TributaryPlan

/// What of a model each method moves, besides the classifier and adapters.
struct MovingParameters {
  private let parameters: [TensorSpec]
  private let blocks: BackboneBlocks
  /// The scales and shifts of batch norms.
  let batchNorms: Set<String>

  init(model: any Model, blocks: BackboneBlocks) throws {
    parameters = model.tensors.filter { $0.role == .parameter }
    self.blocks = blocks
    let norms = Set(
      model.tensors.map(\.name).filter { $0.hasSuffix(".running_mean") }.map(FreezePlan.module))
    batchNorms = Set(parameters.map(\.name).filter { norms.contains(FreezePlan.module(of: $0)) })
  }

  /// - Throws: `transfer.trainable`, `transfer.lastBlocks`, `transfer.method` where the model has nothing of the kind.
  func names(_ transfer: TransferPlan) throws -> Set<String> {
    switch transfer.method {
    case .head, .lora, .ia3, .adapters, .prompt, .prefix: return []
    case .bias:
      return try found(transfer.method, parameters.filter { $0.shape.rank == 1 && Self.isBias($0) })
    case .norms: return try found(transfer.method, norms)
    case .shift: return Set(parameters.map(\.name))
    case .fineTune:
      guard transfer.lastBlocks != nil || !transfer.trainable.isEmpty else {
        return Set(parameters.map(\.name))
      }
      return try last(transfer.lastBlocks ?? 0).union(matching(transfer.trainable))
    }
  }

  /// Weights and biases of modules that hold no matrix.
  private var norms: [TensorSpec] {
    let others = Set(
      parameters.filter { $0.shape.rank > 1 }.map { FreezePlan.module(of: $0.name) })
    return parameters.filter {
      $0.shape.rank == 1 && !others.contains(FreezePlan.module(of: $0.name))
        && ($0.name.hasSuffix(".weight") || $0.name.hasSuffix(".bias"))
    }
  }

  private static func isBias(_ spec: TensorSpec) -> Bool {
    spec.name.split(separator: ".").last?.hasPrefix("bias") ?? false
  }

  private func found(
    _ method: TransferPlan.Method, _ specs: [TensorSpec]
  ) throws -> Set<String> {
    guard !specs.isEmpty else {
      throw TributaryError(
        "transfer.method", "transfer.method: the model has no \(method.rawValue) to move",
        advice: "choose another method; `tributary inspect` lists the model's tensors")
    }
    return Set(specs.map(\.name))
  }

  private func last(_ count: Int) throws -> Set<String> {
    guard count <= blocks.blocks.count else {
      throw TributaryError(
        "transfer.lastBlocks",
        "transfer.lastBlocks is \(count), but the backbone has \(blocks.blocks.count) blocks",
        advice: "lower it, or leave it out to move everything")
    }
    let names = Set(blocks.blocks.suffix(count).joined())
    return Set(parameters.map(\.name).filter(names.contains))
  }

  private func matching(_ patterns: [String]) throws -> Set<String> {
    let names = parameters.map(\.name)
    return try patterns.reduce(into: []) { matching, pattern in
      let matches = names.filter(GlobPattern(pattern).matches)
      guard !matches.isEmpty else {
        throw TributaryError(
          "transfer.trainable", "transfer.trainable: no parameter's name matches \"\(pattern)\"",
          advice: "names look like \(names.prefix(3).joined(separator: ", ")); "
            + "`tributary inspect` lists them")
      }
      matching.formUnion(matches)
    }
  }
}

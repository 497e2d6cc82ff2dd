public import TributaryCore
internal import TributaryModels
public import TributaryNN
public import TributaryPlan
internal import TributaryTensor

/// The low-rank adapters of a run: which layers have one, and how strong they are.
public struct Adaptation: Sendable, Equatable {
  /// alpha / rank.
  public let scale: Float
  /// The adapters' tensors, in the order of the layers.
  public let tensors: [TensorSpec]
  let rank: Int
  let alpha: Double
  private let adapters: [LowRankAdapter]

  /// The adapted layers' names.
  var layers: [String] { adapters.map { String($0.weight.dropLast(".weight".count)) } }

  /// nil where the plan's method is not `lora`.
  ///
  /// - Throws: `transfer.targets` for a target that is the name of no linear layer in the backbone.
  init?(of model: any Model, transfer: TransferPlan) throws {
    guard transfer.method == .lora else { return nil }
    let layers = model.tensors.filter {
      $0.isAdaptable && !model.headTensorNames.contains($0.name)
    }
    var targeted: Set<String> = []
    for target in transfer.targets {
      let names = layers.map(\.name).filter { Self.matches(target, weight: $0) }
      guard !names.isEmpty else {
        let known = layers.prefix(3).map { String($0.name.dropLast(7)) }
        throw TributaryError(
          "transfer.targets", "transfer.targets: no linear layer's name ends with \"\(target)\"",
          advice: known.isEmpty
            ? "\(model.architecture) has no linear layer in front of its classifier"
            : "their names are like \(known.joined(separator: ", "))")
      }
      targeted.formUnion(names)
    }
    let adapted = layers.filter { targeted.contains($0.name) }
    adapters = adapted.map { LowRankAdapter(of: $0.name) }
    tensors = zip(adapters, adapted).flatMap {
      $0.tensors(rank: transfer.rank, shape: $1.shape)
    }
    rank = transfer.rank
    alpha = transfer.alpha
    scale = Float(transfer.alpha / Double(transfer.rank))
  }

  /// As PEFT's target_modules: the layer's whole name, what it ends with behind a dot, or a pattern.
  private static func matches(_ target: String, weight: String) -> Bool {
    let layer = String(weight.dropLast(".weight".count))
    return layer == target || layer.hasSuffix(".\(target)") || GlobPattern(target).matches(layer)
  }

  /// Fresh values: the model begins as it was.
  public func initialTensors(key: RandomKey) -> ParameterTree<HostTensor> {
    ParameterTree(tensors.map { ($0.name, $0.makeTensor(key: key)) })
  }

  /// `tensors` without the adapters', whose products are added to the layers they stand beside.
  ///
  /// - Throws: `model.tensor` where one is missing.
  public func merged(_ tensors: ParameterTree<HostTensor>) throws -> ParameterTree<HostTensor> {
    func tensor(_ name: String) throws -> Tensor {
      guard let host = tensors[name] else {
        throw TributaryError("model.tensor", "the model has no tensor \(name)")
      }
      return try Tensor(host)
    }
    let own = Set(self.tensors.map(\.name))
    var result = tensors.filter { name, _ in !own.contains(name) }
    for adapter in adapters {
      result[adapter.weight] = try adapter.merged(
        tensor(adapter.weight), a: tensor(adapter.a), b: tensor(adapter.b), scale: scale
      ).host()
    }
    return result
  }
}

extension FreezePlan {
  /// The tensors of a model without adapters, objectives' parameters and what they refer to: what is written and
  /// evaluated.
  public func merged(_ tensors: ParameterTree<HostTensor>) throws -> ParameterTree<HostTensor> {
    let own = tensors.withoutCarried.filter { name, _ in !ObjectiveSet.owns(name) }
    return try adaptation?.merged(own) ?? own
  }
}

extension TransferPlan {
  /// The adapters' and objectives' tensors among `tensors`, and the model's own.
  public func split<Value>(
    _ tensors: ParameterTree<Value>
  ) -> (added: ParameterTree<Value>, own: ParameterTree<Value>) {
    func isAdded(_ name: String) -> Bool {
      ObjectiveSet.owns(name)
        || method == .lora
          && (name.hasSuffix(".lora_A.weight") || name.hasSuffix(".lora_B.weight"))
    }
    return (
      tensors.filter { name, _ in isAdded(name) }, tensors.filter { name, _ in !isAdded(name) }
    )
  }
}

internal import TributaryCore
internal import TributaryNN
internal import TributaryTensor

/// Gives every tensor of a model its value: the checkpoint's where there is one, else a new one.
struct CheckpointFiller {
  let model: any Model
  let head: HeadPolicy
  let key: RandomKey

  /// - Throws: `checkpoint.surplus`, `checkpoint.missing`, `checkpoint.shape`, `checkpoint.head`.
  func fill(
    from checkpoint: ModelSource.Checkpoint?
  ) throws -> (tensors: ParameterTree<HostTensor>, fresh: Set<String>) {
    let found = try checkpoint.map(renamed) ?? [:]
    let file = checkpoint?.file ?? "the backbone"
    let keepsHead = try checkpoint != nil && keepsHead(found, file: file)
    var fresh: Set<String> = []
    var pairs: [(String, HostTensor)] = []
    for spec in model.tensors {
      let isDropped = model.headTensorNames.contains(spec.name) && !keepsHead
      let isOptional = isDropped || model.optionalTensorNames.contains(spec.name)
      if !isDropped, let tensor = try fitting(found[spec.name], spec, isOptional, file: file) {
        pairs.append((spec.name, try float32(tensor, name: spec.name, file: file)))
      } else {
        guard checkpoint == nil || isOptional else {
          throw TributaryError(
            "checkpoint.missing", "\(file) has no \(spec.name), which \(model.architecture) needs",
            advice: "is it a \(model.architecture)?")
        }
        fresh.insert(spec.name)
        pairs.append((spec.name, spec.makeTensor(key: key)))
      }
    }
    return (ParameterTree(pairs), fresh)
  }

  /// `tensor` in the shape that the model wants; nil where an optional one cannot have it.
  private func fitting(
    _ tensor: HostTensor?, _ spec: TensorSpec, _ isOptional: Bool, file: String
  ) throws -> HostTensor? {
    guard let tensor, tensor.shape != spec.shape else { return tensor }
    if let adapted = model.adapted(tensor, to: spec), adapted.shape == spec.shape { return adapted }
    guard isOptional else { throw mismatch(spec, tensor, file: file) }
    return nil
  }

  /// The checkpoint under the model's names, without what it does not need.
  private func renamed(_ checkpoint: ModelSource.Checkpoint) throws -> [String: HostTensor] {
    let known = Dictionary(
      model.tensors.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    var found: [String: HostTensor] = [:]
    for (original, tensor) in checkpoint.tensors {
      guard let name = model.modelName(forCheckpoint: original) else { continue }
      guard let shape = known[name] else {
        throw TributaryError(
          "checkpoint.surplus",
          "\(checkpoint.file) has \(original), which no "
            + "\(model.architecture) has", advice: "is it another architecture?")
      }
      let fitting = try Self.reshaped(tensor, to: shape)
      guard found.updateValue(fitting, forKey: name) == nil else {
        throw TributaryError("checkpoint.surplus", "\(checkpoint.file) has \(name) twice")
      }
    }
    return found
  }

  /// The weight of a convolution over a whole map `[outputs, inputs, height, width]` as that of a linear layer.
  private static func reshaped(_ tensor: HostTensor, to shape: Shape) throws -> HostTensor {
    guard tensor.shape.rank == 4, shape.rank == 2, tensor.shape[0] == shape[0],
      tensor.shape.elementCount == shape.elementCount
    else { return tensor }
    return try HostTensor(dtype: tensor.dtype, shape: shape, bytes: tensor.bytes)
  }

  private func keepsHead(_ found: [String: HostTensor], file: String) throws -> Bool {
    let specs = model.tensors.filter { model.headTensorNames.contains($0.name) }
    let fits = specs.allSatisfy { found[$0.name]?.shape == $0.shape }
    switch head {
    case .new: return false
    case .auto: return fits
    case .keep:
      guard !fits else { return true }
      let spec = specs.first { found[$0.name]?.shape != $0.shape }
      let name = spec?.name ?? "classifier"
      let shape = spec.flatMap { found[$0.name]?.shape.description } ?? "missing"
      throw TributaryError(
        "checkpoint.head", "\(file): \(name) is \(shape), the task needs \(spec?.shape ?? [])",
        advice: "use head: new, or as many classes as the checkpoint has")
    }
  }

  private func mismatch(
    _ spec: TensorSpec, _ tensor: HostTensor, file: String
  ) -> TributaryError {
    TributaryError(
      "checkpoint.shape",
      "\(file): \(spec.name) is \(tensor.shape), \(model.architecture) here needs \(spec.shape)",
      advice: "check the architecture and the images' size and channels")
  }

  private func float32(_ tensor: HostTensor, name: String, file: String) throws -> HostTensor {
    if tensor.dtype == .float32 { return tensor }
    guard tensor.dtype.isFloatingPoint else {
      throw TributaryError("checkpoint.dtype", "\(file): \(name) is \(tensor.dtype.rawValue)")
    }
    return try Tensor(tensor).host()
  }
}

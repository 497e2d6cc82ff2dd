internal import TributaryCore
internal import TributaryNN
internal import TributaryStorage

extension ModelFolder {
  /// The architectures that a checkpoint's tensors fit exactly, by name and shape, but for the classifier.
  ///
  /// - Parameter path: as for `load`. What a folder's `config.json` says comes alone.
  public static func architectures(of path: String) -> [String] {
    guard let source = try? ModelSource(path: path, requireFinite: false) else { return [] }
    if source.assets["config.json"] != nil {
      return (try? source.configuration())?.map { [$0.architecture] } ?? []
    }
    return ModelRegistry.names.filter { fits($0, source) }
  }

  private static func fits(_ name: String, _ source: ModelSource) -> Bool {
    guard
      let configuration = try? bareConfiguration(
        name, source: source, classes: nil, image: ImageRequest()),
      let model = try? ModelRegistry.make(configuration)
    else { return false }
    var found: [String: Shape] = [:]
    for (original, tensor) in source.checkpoint.tensors {
      if let name = model.modelName(forCheckpoint: original) { found[name] = tensor.shape }
    }
    return model.tensors.allSatisfy { spec in
      let isOptional =
        model.optionalTensorNames.contains(spec.name) || model.headTensorNames.contains(spec.name)
      let shape = found.removeValue(forKey: spec.name)
      return shape == spec.shape || shape == nil && isOptional
    } && found.isEmpty
  }
}

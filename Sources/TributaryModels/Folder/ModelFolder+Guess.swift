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
    return ModelRegistry.names.filter { (try? fits($0, source)) ?? false }
  }

  /// - Throws: where the checkpoint cannot even be asked under this name.
  private static func fits(_ name: String, _ source: ModelSource) throws -> Bool {
    var source = source
    let dialect = try source.translate(for: ModelRegistry.entry(name))
    let model = try ModelRegistry.make(
      bareConfiguration(
        name, source: source, dialect: dialect, classes: nil, image: ImageRequest()))
    var found: [String: HostTensor] = [:]
    for (original, tensor) in source.checkpoint.tensors {
      if let name = model.modelName(forCheckpoint: original) { found[name] = tensor }
    }
    return model.tensors.allSatisfy { spec in
      let isOptional =
        model.optionalTensorNames.contains(spec.name) || model.headTensorNames.contains(spec.name)
      guard let tensor = found.removeValue(forKey: spec.name) else { return isOptional }
      return tensor.shape == spec.shape || model.adapted(tensor, to: spec)?.shape == spec.shape
    } && found.isEmpty
  }
}

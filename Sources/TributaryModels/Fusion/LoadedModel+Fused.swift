public import TributaryCore
internal import TributaryNN
internal import TributaryStorage
internal import TributaryTensor

extension LoadedModel {
  /// This model with the outputs of `layers` beside its features and a fresh classifier on all of them; itself where it
  /// is so already.
  ///
  /// - Throws: `transfer.head` for a layer that the model has not.
  public func fused(with layers: [String], key: RandomKey) throws -> LoadedModel {
    guard !layers.isEmpty else { return self }
    let found = try widths(of: layers)
    let fusion = JSON.array(found.map(\.json))
    if configuration.fusion == fusion { return self }
    var configuration = configuration
    configuration.fusion = fusion
    let fused = try ModelRegistry.make(configuration)
    let fresh = ParameterTree(
      fused.tensors.filter { fused.headTensorNames.contains($0.name) }
        .map { ($0.name, $0.makeTensor(key: key)) })
    let backbone = tensors.filter { name, _ in !model.headTensorNames.contains(name) }
    return LoadedModel(
      model: fused, tensors: backbone.merging(fresh), assets: assets,
      freshTensors: freshTensors.subtracting(model.headTensorNames).union(fresh.names))
  }

  /// Told by one example of zeros.
  private func widths(of layers: [String]) throws -> [FusedLayer] {
    for name in layers where !model.layerNames.contains(name) {
      throw TributaryError(
        "transfer.head", "transfer.head.layers: \(model.architecture) has no layer \(name)",
        advice: "it has \(model.layerNames.joined(separator: ", "))")
    }
    let input: ModelInput =
      if let image = configuration.image {
        .images(.zeros([1, image.channels, image.height, image.width]))
      } else {
        .tokens([[0, 0]], padding: 0)
      }
    return try withoutGradient {
      let pass = Pass(
        parameters: try tensors.mapValues { try Tensor($0) }, capturing: Set(layers))
      _ = try model.features(input, pass)
      return try layers.map { name in
        guard let output = pass.captured[name], output.rank >= 2 else {
          throw FusedLayer.error("\(name) gives no features")
        }
        return FusedLayer(name: name, width: FusedModel.pooled(output, input).shape[1])
      }
    }
  }
}

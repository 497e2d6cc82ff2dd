public import TributaryCore
internal import TributaryNN
internal import TributaryStorage
internal import TributaryTensor

/// A model with what an adaptation adds to it: one more architecture, whose tensors are both's.
struct AdaptedModel: LanguageModel {
  private let base: any Model
  private let added: any Adaptation
  let tensors: [TensorSpec]
  let configuration: ModelConfiguration

  /// - Throws: `model.adaptation`, `transfer.targets`.
  init(_ base: any Model, by json: JSON) throws {
    added = try AdaptationRegistry.make(json, of: base)
    self.base = base
    tensors = base.tensors + added.tensors
    var configuration = base.configuration
    configuration.adaptation = added.json
    self.configuration = configuration
  }

  var adaptation: (any Adaptation)? { added }
  var unadapted: any Model { base }
  var headTensorNames: Set<String> { base.headTensorNames }
  var optionalTensorNames: Set<String> { base.optionalTensorNames }
  var featureCount: Int { base.featureCount }
  var maximumTokens: Int? { base.maximumTokens.map { $0 - added.reservedTokens } }
  var vocabularySize: Int? { base.vocabularySize }
  var layerNames: [String] { base.layerNames }
  var nodeFeatureCount: Int? { base.nodeFeatureCount }
  var transformer: TransformerShape? { base.transformer }
  var isCausal: Bool { (base as? any LanguageModel)?.isCausal ?? false }

  func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    try requirePlace(input)
    pass.adapt(by: added.adapters)
    return try base.features(input, pass)
  }

  func logits(features: Tensor, _ pass: Pass) throws -> Tensor {
    pass.adapt(by: added.adapters)
    return try base.logits(features: features, pass)
  }

  func hiddenStates(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    guard let model = base as? any LanguageModel else { throw otherObjective(.languageModel) }
    try requirePlace(input)
    pass.adapt(by: added.adapters)
    return try model.hiddenStates(input, pass)
  }

  func languageModelLogits(hidden: Tensor, _ pass: Pass) throws -> Tensor {
    guard let model = base as? any LanguageModel else { throw otherObjective(.languageModel) }
    pass.adapt(by: added.adapters)
    return try model.languageModelLogits(hidden: hidden, pass)
  }

  func modelName(forCheckpoint name: String) -> String? {
    added.tensors.contains { $0.name == name } ? name : base.modelName(forCheckpoint: name)
  }

  func adapted(_ tensor: HostTensor, to spec: TensorSpec) -> HostTensor? {
    base.adapted(tensor, to: spec)
  }

  /// A text must leave place for virtual tokens.
  private func requirePlace(_ input: ModelInput) throws {
    if added.reservedTokens > 0 { _ = try tokens(input) }
  }
}

extension Model {
  /// `tensors` without those of an adaptation, whose effect is added to the layers they stand beside.
  ///
  /// - Returns: nil where the model has no adaptation, or one that no plain model can do without.
  /// - Throws: `model.tensor` where one is missing.
  public func merged(
    _ tensors: ParameterTree<HostTensor>
  ) throws -> ParameterTree<HostTensor>? {
    guard let adaptation, type(of: adaptation).isMergeable else { return nil }
    func tensor(_ name: String) throws -> Tensor {
      guard let host = tensors[name] else {
        throw TributaryError("model.tensor", "the model has no tensor \(name)")
      }
      return try Tensor(host)
    }
    let own = Set(adaptation.tensors.map(\.name))
    // Merged already.
    guard tensors.names.contains(where: own.contains) else { return tensors }
    var result = tensors.filter { name, _ in !own.contains(name) }
    for spec in unadapted.tensors {
      guard let adapter = adaptation.adapters.layers[spec.name], let kind = spec.layer else {
        continue
      }
      let bias = "\(spec.layerName).bias"
      let layer = AdaptedLayer(
        weight: try tensor(spec.name), bias: tensors[bias] == nil ? nil : try tensor(bias),
        kind: kind)
      guard let merged = try adapter.merged(into: layer, tensor: tensor) else { return nil }
      result[spec.name] = merged.weight.host()
      if let value = merged.bias { result[bias] = value.host() }
    }
    return result
  }
}

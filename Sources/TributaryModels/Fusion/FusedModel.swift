internal import TributaryCore
internal import TributaryNN
internal import TributaryStorage
internal import TributaryTensor

/// A model whose features are its own and the outputs of some of its layers side by side, with one linear classifier
/// on all of them: what a network knows at several depths.
///
/// An image layer's output is its mean over the plane, a text layer's the mean over the words.
struct FusedModel: Model {
  private let base: any Model
  private let layers: [FusedLayer]
  private let classifier: Linear
  let tensors: [TensorSpec]
  let configuration: ModelConfiguration
  let featureCount: Int

  /// - Parameter json: the layers, with their widths.
  /// - Throws: `model.fusion`.
  init(_ base: any Model, _ json: JSON) throws {
    layers = try (json.array ?? []).map { try FusedLayer($0, of: base) }
    guard !layers.isEmpty, Set(layers.map(\.name)).count == layers.count else {
      throw FusedLayer.error("names no layer, or one twice")
    }
    self.base = base
    featureCount = layers.reduce(base.featureCount) { $0 + $1.width }
    classifier = Linear(
      "fused", inputs: featureCount, outputs: base.configuration.classes)
    tensors = base.tensors.filter { !base.headTensorNames.contains($0.name) } + classifier.tensors
    var configuration = base.configuration
    configuration.fusion = .array(layers.map(\.json))
    self.configuration = configuration
  }

  var headTensorNames: Set<String> { Set(classifier.tensors.map(\.name)) }
  var optionalTensorNames: Set<String> { base.optionalTensorNames }
  var maximumTokens: Int? { base.maximumTokens }
  var vocabularySize: Int? { base.vocabularySize }
  var layerNames: [String] { base.layerNames }

  func features(_ input: ModelInput, _ pass: Pass) throws -> Tensor {
    pass.capture(alsoOf: layers.map(\.name))
    let own = try base.features(input, pass)
    let others = try layers.map { layer in
      guard let output = pass.captured[layer.name] else {
        throw FusedLayer.error("\(layer.name) gives nothing in this pass")
      }
      let pooled = Self.pooled(output, input)
      guard pooled.shape == [own.shape[0], layer.width] else {
        throw FusedLayer.error("\(layer.name) gives \(pooled.shape), not \(layer.width) numbers")
      }
      return pooled
    }
    return .concatenated(others + [own], axis: 1)
  }

  func logits(features: Tensor, _ pass: Pass) throws -> Tensor { try classifier(features, pass) }

  func modelName(forCheckpoint name: String) -> String? {
    headTensorNames.contains(name) ? name : base.modelName(forCheckpoint: name)
  }

  func adapted(_ tensor: HostTensor, to spec: TensorSpec) -> HostTensor? {
    base.adapted(tensor, to: spec)
  }

  /// `[batch, width]`
  static func pooled(_ x: Tensor, _ input: ModelInput) -> Tensor {
    switch (x.rank, input) {
    case (4, _): x.mean(axes: [2, 3])
    case (3, .tokens(_, let mask, _)): Pooling.mean(x, mask: mask)
    case (3, _): x.mean(axes: [1])
    default: x
    }
  }
}

/// A layer whose output is taken, and how many numbers of an example that are.
struct FusedLayer: Sendable, Equatable {
  let name: String
  let width: Int

  init(name: String, width: Int) {
    self.name = name
    self.width = width
  }

  fileprivate init(_ json: JSON, of model: any Model) throws {
    guard let name = json["layer"]?.string, model.layerNames.contains(name),
      let width = json["width"]?.integer, (1...(1 << 20)).contains(width)
    else { throw Self.error("config.json names a layer that \(model.architecture) has not") }
    self.init(name: name, width: width)
  }

  var json: JSON { .object([("layer", .string(name)), ("width", .integer(width))]) }

  static func error(_ what: String, advice: String? = nil) -> TributaryError {
    TributaryError("model.fusion", "features of several layers: \(what)", advice: advice)
  }
}

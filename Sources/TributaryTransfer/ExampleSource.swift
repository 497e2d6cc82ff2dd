public import TributaryCore
public import TributaryData
public import TributaryModels
public import TributaryPlan
public import TributaryTensor

/// A data set made ready for one model: images of its size, texts as its tokens, recordings as its features.
public struct ExampleSource: Sendable {
  /// One label an example; nil where the data set has none.
  public let labels: [Int32]?
  private let prepared: Prepared
  /// Whether the labels are the texts' own next tokens.
  private let isLanguageModel: Bool
  private let augmentation: Augmentation?

  /// How training examples are changed at random; texts need what they were.
  private struct Augmentation: Sendable {
    let augmenter: Augmenter
    let texts: [String]
    let encode: @Sendable (String) -> [Int32]
  }

  private enum Prepared: Sendable {
    case images(ImageExamples, ImageConfiguration)
    /// `maximum`: the most tokens that the model takes.
    case tokens([[Int32]], padding: Int32, maximum: Int?)
    case nodes(GraphSource)
    /// Recordings, with what is taken off their values and what those are divided by.
    case audio(AudioExamples, mean: Float, standardDeviation: Float)
  }

  /// - Throws: `data.kind` where images meet a text model or the reverse.
  ///   `data.augment` for a random change that does not exist or is for other data.
  public init(
    _ dataset: Dataset, for loaded: LoadedModel, maximumTokens: Int,
    augment: [AugmentationPlan] = []
  ) throws {
    // Whoever uses labels has checked them; a prediction does not, whatever they are.
    labels = dataset.labels.map { $0.map { Int32(clamping: $0) } }
    isLanguageModel = try Self.isCausalLanguageModel(loaded.model)
    guard !isLanguageModel || augment.isEmpty else {
      throw TributaryError(
        "data.augment", "data.augment changes examples with a class; a language model's have none",
        advice: "leave it out")
    }
    if case .graph(let graph) = dataset.examples {
      prepared = .nodes(try GraphSource(graph, for: loaded.model))
      augmentation = nil
      return
    }
    guard loaded.model.nodeFeatureCount == nil else {
      throw Self.mismatch(
        loaded.model.architecture, wants: "nodes of a graph", found: dataset.kind.rawValue)
    }
    let augmenter = try Augmenter(augment, for: loaded.input)
    switch (dataset.examples, loaded.configuration.image) {
    case (.audio(let audio), let image?):
      prepared = try Self.prepared(audio, for: image, loaded)
      augmentation = augmenter.map { Augmentation(augmenter: $0, texts: [], encode: { _ in [] }) }
    case (.images, let image?) where image.audio != nil:
      throw Self.mismatch(loaded.model.architecture, wants: "recordings", found: "images")
    case (.images(let images), let image?):
      prepared = .images(
        try images.converted(toChannels: image.channels).matching(image), image)
      augmentation = augmenter.map { Augmentation(augmenter: $0, texts: [], encode: { _ in [] }) }
    case (.text(let text), nil):
      let maximum = loaded.model.maximumTokens
      let limit = min(maximumTokens, maximum ?? maximumTokens)
      let tokenizer = try loaded.tokenizer()
      // Of so many characters that are read each is followed by one to learn.
      let encode = try loaded.encoder(
        tokenizer, maximumTokens: tokenizer is CharacterTokenizer ? limit + 1 : limit)
      augmentation = augmenter.map {
        Augmentation(augmenter: $0, texts: text.texts, encode: encode)
      }
      prepared = .tokens(text.texts.map(encode), padding: tokenizer.paddingID, maximum: maximum)
    case (.images, nil), (.audio, nil):
      throw Self.mismatch(
        loaded.model.architecture, wants: "text", found: dataset.kind.input.words)
    case (.text, let image):
      throw Self.mismatch(
        loaded.model.architecture, wants: image?.audio == nil ? "images" : "recordings",
        found: "text")
    case (.graph, _): preconditionFailure("made ready above")
    }
  }

  /// - Throws: `data.audio` where the model was made for other features.
  private static func prepared(
    _ audio: AudioExamples, for image: ImageConfiguration, _ loaded: LoadedModel
  ) throws -> Prepared {
    guard image.audio == audio.features, image.shape == audio.shape else {
      guard image.audio != nil else {
        throw mismatch(loaded.model.architecture, wants: "images", found: "recordings")
      }
      throw TributaryError(
        "data.audio",
        "\(loaded.model.architecture) takes other features of recordings (\(image.shape)) than the data "
          + "are (\(audio.shape))",
        advice:
          "set data.audio as in the run that the model comes from, and divide the data with it")
    }
    return .audio(audio, mean: image.mean[0], standardDeviation: image.standardDeviation[0])
  }

  private static func isCausalLanguageModel(_ model: any Model) throws -> Bool {
    guard model.configuration.objective == .languageModel else { return false }
    guard let model = model as? any LanguageModel, model.isCausal else {
      throw TributaryError(
        "model.objective", "\(model.architecture) cannot learn what comes next in a text",
        advice: "use a causal language model, such as char-lstm")
    }
    return true
  }

  /// Token lists as they are; without labels for a language model.
  init(tokens: [[Int32]], labels: [Int32]?) {
    self.labels = labels
    isLanguageModel = labels == nil
    augmentation = nil
    prepared = .tokens(tokens, padding: 0, maximum: nil)
  }

  public var count: Int {
    switch prepared {
    case .images(let images, _): images.count
    case .tokens(let lists, _, _): lists.count
    case .nodes(let graph): graph.examples.count
    case .audio(let audio, _, _): audio.count
    }
  }

  /// What a client with the examples at `indices` has alone, and where they are in it: of a graph that is divided
  /// among clients its own part, of anything else all.
  public func own(_ indices: [Int]) -> (source: ExampleSource, indices: [Int]) {
    guard case .nodes(let graph) = prepared, graph.examples.graph.owners != nil, !indices.isEmpty
    else { return (self, indices) }
    return (ExampleSource(own: graph, indices, of: self), Array(indices.indices))
  }

  private init(own graph: GraphSource, _ indices: [Int], of source: ExampleSource) {
    labels = source.labels.map { labels in indices.map { labels[$0] } }
    isLanguageModel = false
    augmentation = nil
    prepared = .nodes(GraphSource(graph.examples.subset(indices).own))
  }

  /// Whether training examples are changed at random: what is computed of them holds for one step.
  public var isAugmented: Bool { augmentation != nil }

  /// The examples at `indices` as one batch: images normalised, token lists padded to the longest.
  ///
  /// - Parameter keys: of each example's random changes (`data.augment`) in this step; nil: the examples as they are.
  public func input(_ indices: [Int], augmentedUnder keys: [RandomKey]? = nil) -> ModelInput {
    switch prepared {
    case .images(let images, let image):
      var (images, rows) = (images, indices)
      if let keys, let augmentation {
        images = augmentation.augmenter.images(images, indices, keys: keys)
        rows = Array(indices.indices)
      }
      return .images(
        images.normalized(rows, mean: image.mean, standardDeviation: image.standardDeviation))
    case .audio(let audio, let mean, let deviation):
      guard let keys, let augmentation else {
        return .images(audio.normalized(indices, mean: mean, standardDeviation: deviation))
      }
      return .images(
        augmentation.augmenter.recordings(audio, indices, keys: keys).normalized(
          Array(indices.indices), mean: mean, standardDeviation: deviation))
    case .tokens(let lists, let padding, let maximum):
      return .tokens(
        indices.enumerated().map { place, index in
          guard let keys, let augmentation else { return lists[index] }
          return augmentation.encode(
            augmentation.augmenter.text(augmentation.texts[index], key: keys[place]))
        }, padding: padding, maximum: maximum)
    case .nodes(let graph): return graph.input(indices)
    }
  }

  /// How a batch of so many is mixed (`data.augment`); nil where it is not.
  func mixture(of count: Int, under key: RandomKey) -> BatchMixture? {
    guard case .images(_, let image) = prepared else { return nil }
    return augmentation?.augmenter.mixture(
      count: count, height: image.height, width: image.width, key: key.at("mixture"))
  }

  /// The examples at `indices` as one batch, with a label for each row of the model's logits.
  func batch(
    _ indices: [Int], augmentedUnder keys: [RandomKey]? = nil
  ) -> (input: ModelInput, labels: Tensor) {
    guard isLanguageModel, case .tokens(let lists, _, let maximum) = prepared else {
      return (input(indices, augmentedUnder: keys), labels(indices))
    }
    return ModelInput.nextTokens(indices.map { lists[$0] }, maximum: maximum)
  }

  /// The labels at `indices`, int32 `[batch]`; the data set must have labels.
  public func labels(_ indices: [Int]) -> Tensor {
    guard let labels else { preconditionFailure("unlabelled examples have no labels") }
    return Tensor(indices.map { labels[$0] }, shape: [indices.count])
  }

  /// The number of tokens of each of the texts at `indices`; nil of images.
  func lengths(_ indices: [Int]) -> [Int]? {
    guard case .tokens(let lists, _, _) = prepared else { return nil }
    return indices.map { lists[$0].count }
  }

  /// Values of the images of a batch for inference: sixteen colour images of 224x224.
  private static let valuesAtOnce = 16 * 3 * 224 * 224

  /// All examples in batches for inference.
  public func inferenceBatches(of size: Int) -> [[Int]] {
    inferenceBatches(of: size, among: Array(0..<count))
  }

  /// The positions in `indices` in batches for inference of at most `size`: texts of like length together, so
  /// that little padding is computed; images in their order, so few at once that a batch's activations stay
  /// small; nodes all at once, since their graph is computed whole. Depends on the examples alone.
  func inferenceBatches(of size: Int, among indices: [Int]) -> [[Int]] {
    var order = Array(indices.indices)
    var size = size
    switch prepared {
    case .tokens(let lists, _, _):
      order.sort { (lists[indices[$0]].count, $0) < (lists[indices[$1]].count, $1) }
    case .images(_, let image): size = min(size, Self.most(of: image.shape))
    case .audio(let audio, _, _): size = min(size, Self.most(of: audio.shape))
    case .nodes: size = max(1, order.count)
    }
    return stride(from: 0, to: order.count, by: size).map {
      Array(order[$0..<min($0 + size, order.count)])
    }
  }

  private static func most(of shape: Shape) -> Int { max(1, valuesAtOnce / shape.elementCount) }

  private static func mismatch(
    _ architecture: String, wants: String, found: String
  ) -> TributaryError {
    TributaryError(
      "data.kind", "\(architecture) takes \(wants), but the data are \(found)",
      advice: "check backbone, task.kind and the data path")
  }
}

extension ImageExamples {
  /// The images at the model's size. Those that have it are taken as they are: their reader has fitted them.
  fileprivate func matching(_ image: ImageConfiguration) -> ImageExamples {
    if height == image.height && width == image.width { return self }
    return fitted(height: image.height, width: image.width, image.resize)
  }
}

extension TaskPlan.Input {
  fileprivate var words: String {
    switch self {
    case .images: "images"
    case .text: "text"
    case .audio: "recordings"
    case .graph: "nodes of a graph"
    }
  }
}

extension LoadedModel {
  /// What the model learns from.
  var input: TaskPlan.Input {
    if model.nodeFeatureCount != nil { return .graph }
    guard let image = configuration.image else { return .text }
    return image.audio == nil ? .images : .audio
  }
}

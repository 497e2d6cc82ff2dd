internal import TributaryCore
internal import TributaryStorage

/// One architecture as the registry knows it.
struct Architecture: Sendable {
  let name: String
  var aliases: [String] = []
  /// The classifier's weight `[classes, features]`: a checkpoint's number of classes.
  let headWeight: String
  /// The first layer's weight, whose axis 1 is a checkpoint's number of channels; nil for others.
  var firstConvolution: String?
  /// What images the first layer expects where nothing else is said; nil for text.
  let image: (@Sendable (ImageRequest) -> ImageConfiguration)?
  /// Whether it reads nodes of a graph.
  var isGraph = false
  /// The table of words that vectors from elsewhere may fill, `[vocabulary_size, embedding_size]`; nil: there is none.
  var wordEmbedding: String?
  /// Whether linear layers' weights are `[inputs, outputs]`, not `[outputs, inputs]`.
  var isTransposed = false
  /// nil: `transformers` does not have it.
  var huggingFace: HuggingFaceNames?
  /// How others publish it.
  var dialects: [CheckpointDialect] = []
  /// The settings that a checkpoint's shapes tell, by our names.
  var settings: @Sendable ((String) -> Shape?) -> [(String, JSON)] = { _ in [] }
  let make: @Sendable (ModelConfiguration) throws -> any Model
}

/// All architectures by name. A new one is a file of its own and a line here.
public enum ModelRegistry {
  static let architectures: [Architecture] =
    [LogisticRegression.registration, FedAvg2NN.registration, FedAvgCNN.registration]
    + [LeNet.registration, SimpleCNN.registration] + CifarResNet.registrations
    + Conv4.registrations
    + [DenseNet.registration, Inception.registration, EfficientNet.registration]
    + [ConvNeXt.registration] + VisionTransformer.registrations
    + ResNet.registrations + VGG.registrations + [AlexNet.registration] + SqueezeNet.registrations
    + [MobileNetV2.registration] + MobileNetV3.registrations
    + [
      Bert.registration, DistilBert.registration, Roberta.registration, Albert.registration,
      GPT2.registration,
    ]
    + TextRecurrent.registrations + [TextBag.registration, TextAttention.registration]
    + FrameRecurrent.registrations + [CharLSTM.registration, Seq2SeqLSTM.registration]
    + [GCN.registration, GraphSAGE.registration]

  /// The names, in the order of registration.
  public static var names: [String] { architectures.map(\.name) }

  /// The architecture's own name for a name or alias.
  ///
  /// - Throws: `model.architecture` for an unknown name, with the nearest known one.
  public static func canonicalName(_ name: String) throws -> String { try entry(name).name }

  /// Whether the architecture reads text.
  public static func isText(_ name: String) throws -> Bool {
    let entry = try entry(name)
    return entry.image == nil && !entry.isGraph
  }

  /// What `"model_type"` may say in a Hugging Face folder's `config.json`.
  static var huggingFaceTypes: [String] { architectures.compactMap(\.huggingFace?.modelType) }

  static func entry(huggingFace modelType: String) -> Architecture? {
    architectures.first { $0.huggingFace?.modelType == modelType }
  }

  /// The images that an architecture expects, as far as `request` leaves it open; nil for text.
  public static func defaultImage(
    _ name: String, _ request: ImageRequest = ImageRequest()
  ) throws -> ImageConfiguration? {
    try entry(name).image?(request)
  }

  /// - Throws: `model.architecture`, `model.configuration`.
  public static func make(_ configuration: ModelConfiguration) throws -> any Model {
    let entry = try entry(configuration.architecture)
    var configuration = configuration
    configuration.architecture = entry.name
    guard (1...(1 << 24)).contains(configuration.classes) else {
      throw TributaryError(
        "model.configuration", "a classifier cannot have \(configuration.classes) classes")
    }
    if let adaptation = configuration.adaptation {
      configuration.adaptation = nil
      return try AdaptedModel(make(configuration), by: adaptation)
    }
    if let fusion = configuration.fusion {
      configuration.fusion = nil
      return try FusedModel(make(configuration), fusion)
    }
    if let cloze = configuration.cloze {
      return try ClozeModel(configuration, cloze, entry: entry)
    }
    return try entry.make(configuration)
  }

  public static func make(
    architecture: String, configuration: ModelConfiguration
  ) throws -> any Model {
    var configuration = configuration
    configuration.architecture = architecture
    return try make(configuration)
  }

  static func entry(_ name: String) throws -> Architecture {
    if let entry = architectures.first(where: { $0.name == name || $0.aliases.contains(name) }) {
      return entry
    }
    let nearest = names.min { distance($0, name) < distance($1, name) } ?? ""
    throw TributaryError(
      "model.architecture", "no architecture is called \"\(name.prefix(80))\"",
      advice: "nearest: \(nearest); all: \(names.joined(separator: ", "))")
  }

  /// Levenshtein's distance.
  private static func distance(_ left: String, _ right: String) -> Int {
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let substituted = diagonal + (a == b ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, min(row[j], row[j + 1]) + 1)
      }
    }
    return row[right.count]
  }
}

/// Where the examples are and how they are read.
public struct DataPlan: Sendable, Codable, Equatable {
  /// The examples to be divided among the clients (`simulate`, `partition`) or trained on at once
  /// (`pretrain`). A coordinator does not need it.
  public var train: String?
  /// The examples that the global model is evaluated on.
  public var test: String?
  /// In one place: examples that epochs are judged by, instead of some of `train` (`holdout`).
  public var validation: String?
  /// Examples of the target domain: objectives see them, never their labels.
  public var target: String?
  /// nil: told from the path.
  public var format: Format?
  /// Keep only examples with these labels, renumbered 0, 1, ... in this order; nil keeps all.
  public var labels: [Int]?
  /// Use at most this many examples, from the beginning.
  public var trainLimit: Int?
  public var testLimit: Int?
  public var targetLimit: Int?
  /// Examples that everybody may see, on the coordinator's machine: strategies that distil there (`feddf`) look at
  /// them, never at labels.
  public var `public`: String?
  public var publicLimit: Int?
  /// Clients, after those that share `train`, that share `target` and have nothing else; 0: the clients that
  /// share `train` share `target` too.
  public var targetClients = 0
  /// Several tasks in place of `train` and `test`; nil: those are the one there is.
  public var tasks: [DataTask]?
  /// Keep only examples with these labels, as they are; nil keeps all.
  public var only: [Int]?
  /// Examples of former tasks that are trained on beside `train`; nil: none.
  public var replay: ReplayPlan?
  public var partition: PartitionPlan?
  /// The share of each client's examples that it does not train on, and measures models with.
  public var holdout: Double
  /// How the clients' inputs differ; nil leaves them as they are.
  public var featureShift: FeatureShiftPlan?
  /// Random changes of training examples, in this order.
  public var augment: [AugmentationPlan]
  public var image: ImagePlan
  public var text: TextPlan
  /// nil: the examples are no recordings.
  public var audio: AudioPlan?

  public enum Format: String, Sendable, Codable, CaseIterable {
    /// IDX (MNIST's format), plain or gzip: images, and labels beside them.
    case idx
    /// CIFAR-10 binary records of 3,073 bytes.
    case cifar10
    /// One folder a class, PNG and JPEG files in it.
    case imageFolder = "image-folder"
    /// Label, tab, text.
    case tsv
    /// Label, comma, text; a header line naming `label` and `text` is understood.
    case csv
    /// One object a line with `label` and `text`.
    case jsonl
    /// WAV files: one folder a class, or listed in a manifest (TSV or CSV).
    case wav
    /// Running text for a language model, cut in windows of `text.maximumTokens` characters.
    case txt
    /// A folder of nodes, edges and features.
    case graph
  }

  /// Whether the global model can be evaluated.
  public var hasTest: Bool { test != nil || tasks?.contains { $0.test != nil } ?? false }

  public init(
    train: String? = nil, test: String? = nil, target: String? = nil, format: Format? = nil,
    labels: [Int]? = nil, trainLimit: Int? = nil, testLimit: Int? = nil, targetLimit: Int? = nil,
    partition: PartitionPlan? = nil, featureShift: FeatureShiftPlan? = nil, holdout: Double = 0,
    augment: [AugmentationPlan] = [], image: ImagePlan = ImagePlan(), text: TextPlan = TextPlan(),
    audio: AudioPlan? = nil
  ) {
    self.train = train
    self.test = test
    self.target = target
    self.format = format
    self.labels = labels
    self.trainLimit = trainLimit
    self.testLimit = testLimit
    self.targetLimit = targetLimit
    self.partition = partition
    self.holdout = holdout
    self.featureShift = featureShift
    self.augment = augment
    self.image = image
    self.text = text
    self.audio = audio
  }
}

/// How much each client's images are changed, on top of how examples are divided: feature shift.
public struct FeatureShiftPlan: Sendable, Codable, Equatable {
  /// A client's images are turned by one angle drawn from -rotation...rotation, in degrees.
  public var rotation: Double
  /// Their brightness is multiplied by one factor drawn from 1 - brightness...1 + brightness.
  public var brightness: Double
  /// Their distance from the image's mean is multiplied by one factor drawn likewise.
  public var contrast: Double
  /// Standard deviation of the normal noise on the last client's pixels (scaled to 0...1); the others
  /// have less, in steps.
  public var noise: Double

  public init(
    rotation: Double = 0, brightness: Double = 0, contrast: Double = 0, noise: Double = 0
  ) {
    self.rotation = rotation
    self.brightness = brightness
    self.contrast = contrast
    self.noise = noise
  }
}

/// What images become before the first layer; nil leaves it to the backbone.
public struct ImagePlan: Sendable, Codable, Equatable {
  /// Height and width in pixels; images of another size are resized.
  public var size: [Int]?
  /// Per channel, of pixels scaled to 0...1.
  public var mean: [Float]?
  public var standardDeviation: [Float]?

  public init(size: [Int]? = nil, mean: [Float]? = nil, standardDeviation: [Float]? = nil) {
    self.size = size
    self.mean = mean
    self.standardDeviation = standardDeviation
  }
}

public struct TextPlan: Sendable, Codable, Equatable {
  /// Longer texts are cut to this many tokens, the special ones included.
  public var maximumTokens: Int
  /// Column of the label in TSV and CSV, from 1; nil: the header's `label`, or the first.
  public var labelColumn: Int?
  /// Columns of the text in TSV and CSV, from 1, joined by a space; nil: the header's `text`, or
  /// the only other column.
  public var textColumns: [Int]?

  public init(
    maximumTokens: Int = 128, labelColumn: Int? = nil, textColumns: [Int]? = nil
  ) {
    self.maximumTokens = maximumTokens
    self.labelColumn = labelColumn
    self.textColumns = textColumns
  }
}

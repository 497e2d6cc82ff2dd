public import TributaryCore

/// A validated run: every setting as a value. What `run.yaml` says once it has been checked.
public struct RunPlan: Sendable, Codable, Equatable {
  public var name: String
  /// The one seed from which every random number of the run is addressed.
  public var seed: UInt64
  public var backbone: BackbonePlan
  public var task: TaskPlan
  public var data: DataPlan
  public var transfer: TransferPlan
  public var local: LocalPlan
  public var federation: FederationPlan
  public var evaluation: EvaluationPlan
  /// nil: nothing that a real federation would not do.
  public var simulation: SimulationPlan?

  public init(
    name: String, seed: UInt64 = 0, backbone: BackbonePlan, task: TaskPlan, data: DataPlan,
    transfer: TransferPlan = TransferPlan(), local: LocalPlan = LocalPlan(),
    federation: FederationPlan = FederationPlan(), evaluation: EvaluationPlan = EvaluationPlan(),
    simulation: SimulationPlan? = nil
  ) {
    self.name = name
    self.seed = seed
    self.backbone = backbone
    self.task = task
    self.data = data
    self.transfer = transfer
    self.local = local
    self.federation = federation
    self.evaluation = evaluation
    self.simulation = simulation
  }

  /// Whether there is something for every client to do after the last round.
  public var surveysClients: Bool {
    evaluation.clients == .all || evaluation.matrix || federation.personalize.epochs > 0
      || federation.personalize.baselineEpochs > 0
  }

  /// The root of every random number of this run.
  public var randomKey: RandomKey { RandomKey(seed: seed) }
}

/// The pretrained model that a run starts from.
public struct BackbonePlan: Sendable, Codable, Equatable {
  /// A model folder, a Hugging Face folder or a weights file; nil starts from random weights.
  public var path: String?
  /// A name of the model registry; nil where the folder at `path` says it itself.
  public var architecture: String?
  /// What becomes of the checkpoint's classifier.
  public var head: HeadPolicy
  /// How a text encoder's token vectors become one vector.
  public var pooling: Pooling
  /// Vectors of words that a new text model starts from; nil: random ones.
  public var wordVectors: WordVectorPlan?

  public enum HeadPolicy: String, Sendable, Codable, CaseIterable {
    /// Kept where its shape fits and its class names are this task's or unknown; else new.
    case auto
    case keep
    case new
  }

  public enum Pooling: String, Sendable, Codable, CaseIterable {
    /// The first token's vector through the pooler: Hugging Face's sequence classification.
    case cls
    /// The mean over the tokens that are not padding: sentence embeddings.
    case mean
  }

  public init(
    path: String? = nil, architecture: String? = nil, head: HeadPolicy = .auto,
    pooling: Pooling = .cls, wordVectors: WordVectorPlan? = nil
  ) {
    self.path = path
    self.architecture = architecture
    self.head = head
    self.pooling = pooling
    self.wordVectors = wordVectors
  }
}

public struct TaskPlan: Sendable, Codable, Equatable {
  public var kind: Kind
  /// The number of classes.
  public var classes: Int
  /// The classes' names in label order, where the user gave names instead of a number.
  public var classNames: [String]?
  /// Several tasks on one backbone: the numbers of classes of their heads, which make up all classes; nil: one.
  public var heads: [Int]?

  public enum Kind: String, Sendable, Codable, CaseIterable {
    case imageClassification = "image-classification"
    case textClassification = "text-classification"
    /// Of recordings, by features over time.
    case audioClassification = "audio-classification"
    /// The next token of a text is learned, everywhere; classes: the tokens.
    case languageModel = "language-model"
    /// The class of a graph's nodes; those without a label in training are seen, too.
    case nodeClassification = "node-classification"

    /// What it is learned from.
    public var input: Input {
      switch self {
      case .imageClassification: .images
      case .textClassification, .languageModel: .text
      case .audioClassification: .audio
      case .nodeClassification: .graph
      }
    }

    public var isText: Bool { input == .text }
  }

  public enum Input: Sendable, CaseIterable {
    case images, text, audio, graph
  }

  public init(kind: Kind, classes: Int, classNames: [String]? = nil) {
    self.kind = kind
    self.classes = classes
    self.classNames = classNames
  }
}

public struct EvaluationPlan: Sendable, Codable, Equatable {
  /// Evaluate after every this many rounds, and after the last; 0 only after the last.
  public var every: Int
  public var batchSize: Int
  /// Who measures the result on examples held out.
  public var clients: Clients
  /// Whether a simulation measures every client's own model on every client's held-out examples after the last round.
  public var matrix: Bool

  public enum Clients: String, Sendable, Codable, CaseIterable {
    /// In each round those that took part.
    case participants
    /// Those, and after the last round all that are there.
    case all
  }

  public init(
    every: Int = 1, batchSize: Int = 64, clients: Clients = .participants, matrix: Bool = false
  ) {
    self.every = every
    self.batchSize = batchSize
    self.clients = clients
    self.matrix = matrix
  }
}

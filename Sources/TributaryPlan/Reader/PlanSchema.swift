/// A plan while it is being read.
struct PlanDraft: Sendable {
  var plan = RunPlan(
    name: "", backbone: BackbonePlan(), task: TaskPlan(kind: .imageClassification, classes: 0),
    data: DataPlan())
  /// `data.partition`, which the plan has only where the file has the section.
  var partition = PartitionPlan()
  /// `simulation.attack`, likewise.
  var attack = AttackPlan(kind: .signFlip)
  /// `data.featureShift`, likewise.
  var featureShift = FeatureShiftPlan()
  /// `data.replay`, likewise.
  var replay = ReplayPlan()
  /// `data.audio`, which recordings always have.
  var audio = AudioPlan()
  /// `backbone.wordVectors`, likewise.
  var wordVectors = WordVectorPlan(path: "")
  /// `transfer.episodes`, likewise.
  var episodes = EpisodesPlan()
  /// `transfer.auto`, likewise.
  var search = SearchPlan()
  /// `transfer.prompt`, likewise.
  var prompt = PromptPlan()
  /// `task.classes`, which is a number or names.
  var classes = PlanClasses(count: 0, names: nil)
}

struct PlanClasses: Sendable, Equatable {
  var count: Int
  var names: [String]?
}

/// One key of run.yaml.
struct PlanKey: Sendable {
  enum Presence: Sendable {
    case optional
    case required
    /// Required where its section is there.
    case requiredInSection
  }

  let path: String
  let summary: String
  let type: String
  let presence: Presence
  /// The default as help prints it; nil where there is none.
  let defaultText: String?
  let read: @Sendable (PlanNode, PlanPaths, inout PlanDraft) throws -> Void

  init<Value: Sendable>(
    _ path: String, _ target: any WritableKeyPath<PlanDraft, Value> & Sendable,
    _ value: PlanValue<Value>, _ summary: String, _ presence: Presence = .optional
  ) {
    self.path = path
    self.summary = summary
    self.presence = presence
    type = value.type
    defaultText = presence == .optional ? value.show(PlanDraft()[keyPath: target]) : nil
    read = { node, paths, draft in draft[keyPath: target] = try value.parse(node, paths) }
  }
}

/// All keys of run.yaml: a new setting is a field of a plan value and a line here.
enum PlanSchema {
  static let keys =
    modelKeys + audioKeys + taskKeys + adapterKeys + searchKeys + episodeKeys + trainingKeys

  private static let modelKeys: [PlanKey] = [
    PlanKey("name", \.plan.name, .text, "what the run is called", .required),
    PlanKey("seed", \.plan.seed, .seed, "from which every random number is derived"),

    PlanKey(
      "backbone.path", \.plan.backbone.path, PlanValue.model.optional,
      "model or Hugging Face folder, weights file, or a pulled model; none: random weights"),
    PlanKey(
      "backbone.architecture", \.plan.backbone.architecture, PlanValue.identifier.optional,
      "a model's name (needed without a path, or where the path does not say it)"),
    PlanKey(
      "backbone.head", \.plan.backbone.head, .choice,
      "the checkpoint's classifier: kept where it fits, kept, or new"),
    PlanKey(
      "backbone.pooling", \.plan.backbone.pooling, .choice,
      "how a text's token vectors become one"),
    PlanKey(
      "backbone.wordVectors.path", \.wordVectors.path, .path,
      "GloVe or word2vec (text or binary): the words that a new text model knows, and their vectors",
      .requiredInSection),
    PlanKey(
      "backbone.wordVectors.maximumWords", \.wordVectors.maximumWords,
      .wholeNumber(.range(1, 4_000_000)), "the first so many of the file; common words stand first"),
    PlanKey(
      "backbone.wordVectors.words", \.wordVectors.words, PlanValue.path.optional,
      "a file with a word a line: the only ones that are kept"),

    PlanKey("task.kind", \.plan.task.kind, .choice, "what is learned", .required),
    PlanKey(
      "task.classes", \.classes, .classes, "number of classes, or list of their names", .required),

    PlanKey(
      "data.train", \.plan.data.train, PlanValue.path.optional,
      "file or folder divided among the clients"),
    PlanKey(
      "data.test", \.plan.data.test, PlanValue.path.optional,
      "file or folder the global model is evaluated on"),
    PlanKey(
      "data.validation", \.plan.data.validation, PlanValue.path.optional,
      "finetune: file or folder that epochs are judged by, instead of a part of data.train (data.holdout)"
    ),
    PlanKey(
      "data.target", \.plan.data.target, PlanValue.path.optional,
      "file or folder of the target domain, whose labels are not looked at"),
    PlanKey(
      "data.targetLimit", \.plan.data.targetLimit, PlanValue.wholeNumber(.atLeast(1)).optional,
      "use the first so many of its examples"),
    PlanKey(
      "data.targetClients", \.plan.data.targetClients, .wholeNumber(.range(0, 1_000_000)),
      "further clients that have nothing but the target domain; 0: every client has some of it"),
    PlanKey(
      "data.format", \.plan.data.format, PlanValue.choice.optional, "default: told from the path"),
    PlanKey(
      "data.labels", \.plan.data.labels, PlanValue.labels.optional,
      "keep only these labels, renumbered 0, 1, ... in this order"),
    PlanKey(
      "data.trainLimit", \.plan.data.trainLimit, PlanValue.wholeNumber(.atLeast(1)).optional,
      "use the first so many training examples"),
    PlanKey(
      "data.testLimit", \.plan.data.testLimit, PlanValue.wholeNumber(.atLeast(1)).optional,
      "use the first so many test examples"),
    PlanKey(
      "data.partition.kind", \.partition.kind, .identifier,
      "how clients differ; `tributary partition --help` lists the kinds with their own settings"),
    PlanKey(
      "data.partition.clients", \.partition.clients,
      PlanValue.wholeNumber(.range(1, 1_000_000)).optional,
      "number of clients; natural-id and file know it themselves"),
    PlanKey(
      "data.partition.minimumExamples", \.partition.minimumExamples,
      .wholeNumber(.range(1, 1_000_000_000)), "no client gets fewer"),
    PlanKey(
      "data.holdout", \.plan.data.holdout, .number(.range(0, below: 1)),
      "share of each client's examples to measure models with instead of training on them"),
    PlanKey(
      "data.partition.path", \.partition.path, PlanValue.path.optional,
      "file of index lists (file), of ids (natural-id), of shares (distribution)"),
    PlanKey(
      "data.featureShift.rotation", \.featureShift.rotation, .number(.range(0, 180)),
      "each client's images are turned by an angle up to this, in degrees"),
    PlanKey(
      "data.featureShift.brightness", \.featureShift.brightness, .number(.range(0, 1)),
      "their brightness is multiplied by 1 - this to 1 + this"),
    PlanKey(
      "data.featureShift.contrast", \.featureShift.contrast, .number(.range(0, 1)),
      "their contrast likewise"),
    PlanKey(
      "data.featureShift.noise", \.featureShift.noise, .number(.range(0, 1)),
      "standard deviation of the last client's noise, of pixels in 0...1; the others have less"),
    PlanKey(
      "data.augment", \.plan.data.augment, .augmentations,
      "random changes of training examples; `tributary finetune --help` lists the kinds"),
    PlanKey(
      "data.image.size", \.plan.data.image.size, PlanValue.imageSize.optional,
      "images are resized to this; default: the backbone's"),
    PlanKey(
      "data.image.mean", \.plan.data.image.mean, PlanValue.channels(.range(-10, 10)).optional,
      "per channel, of pixels in 0...1; default: the backbone's"),
    PlanKey(
      "data.image.standardDeviation", \.plan.data.image.standardDeviation,
      PlanValue.channels(.above(0)).optional, "per channel; default: the backbone's"),
    PlanKey(
      "data.text.maximumTokens", \.plan.data.text.maximumTokens, .wholeNumber(.range(3, 65_536)),
      "longer texts are cut, special tokens included"),
    PlanKey(
      "data.text.labelColumn", \.plan.data.text.labelColumn,
      PlanValue.wholeNumber(.range(1, 10_000)).optional,
      "column of the label in TSV and CSV, from 1; default: the header's, or the first"),
    PlanKey(
      "data.text.textColumns", \.plan.data.text.textColumns, PlanValue.columns.optional,
      "columns of the text, joined by a space; default: the header's, or the other one"),

    PlanKey("transfer.method", \.plan.transfer.method, .choice, "what moves"),
    PlanKey(
      "transfer.trainable", \.plan.transfer.trainable, .patterns,
      "fine-tune: glob patterns of the tensors that move; none (and no lastBlocks): all"),
    PlanKey(
      "transfer.lastBlocks", \.plan.transfer.lastBlocks,
      PlanValue.wholeNumber(.range(1, 10_000)).optional,
      "fine-tune: so many of the backbone's last blocks move"),
    PlanKey(
      "transfer.unfreezeEvery", \.plan.transfer.unfreezeEvery, .wholeNumber(.range(0, 1_000_000)),
      "the classifier moves at first, then one more block from the top after every so many rounds "
        + "(finetune: epochs); 0: all at once"),
    PlanKey(
      "transfer.backboneRate", \.plan.transfer.backboneRate, .number(.range(0, 1000)),
      "what the learning rate is multiplied by in the backbone"),
    PlanKey(
      "transfer.blockDecay", \.plan.transfer.blockDecay, .number(.range(0, 1)),
      "what it is multiplied by once more for each block further down"),
    PlanKey(
      "transfer.batchNorm", \.plan.transfer.batchNorm, .choice,
      "batch norms in what moves: trained, kept with their statistics, or trained and then given data.target's (AdaBN)"
    ),
    PlanKey(
      "transfer.personal", \.plan.transfer.personal, .patterns,
      "what stays on each client of what moves: head, norms (batch norms), or glob patterns of names"
    ),
    PlanKey(
      "transfer.objectives", \.plan.transfer.objectives, .objectives,
      "what is minimised beside the task's loss; the kinds are listed below"),
    PlanKey(
      "transfer.head.kind", \.plan.transfer.head.kind, .choice,
      "head: how it is found; softmax trains, ridge, lda and prototype are solved exactly in one round"
    ),
    PlanKey(
      "transfer.head.l2", \.plan.transfer.head.l2, .number(.atLeast(0)),
      "ridge, logistic: penalty on the squared weights beside summed losses"),
    PlanKey(
      "transfer.head.shrinkage", \.plan.transfer.head.shrinkage, .number(.range(0, 1)),
      "lda: share of the mean variance in the covariance"),
    PlanKey(
      "transfer.head.components", \.plan.transfer.head.components,
      PlanValue.wholeNumber(.range(1, 1_000_000)).optional,
      "ridge, lda, prototype: solved among so many principal components"),
    PlanKey(
      "transfer.head.select", \.plan.transfer.head.select,
      PlanValue.wholeNumber(.range(1, 1_000_000)).optional,
      "ridge, lda, prototype: solved with the best so many features"),
    PlanKey(
      "transfer.head.selectBy", \.plan.transfer.head.selectBy, .choice,
      "which are the best: by the variance between classes, or by an L1-penalised regression"),
    PlanKey(
      "transfer.head.layers", \.plan.transfer.head.layers, .patterns,
      "head: layers whose outputs are features beside the last ones, by their names in the backbone"
    ),
    PlanKey(
      "transfer.head.minimumExamples", \.plan.transfer.head.minimumExamples,
      .wholeNumber(.range(1, 1_000_000_000)),
      "ridge, lda, prototype: a client with fewer sends no sums, which would give them away"),
  ]

  private static let trainingKeys: [PlanKey] = [
    PlanKey(
      "local.epochs", \.plan.local.epochs, .wholeNumber(.range(1, 100_000)),
      "passes over a shard in one round"),
    PlanKey(
      "local.batchSize", \.plan.local.batchSize, .wholeNumber(.range(1, 1_048_576)),
      "examples a step"),
    PlanKey(
      "local.accumulate", \.plan.local.accumulate, .wholeNumber(.range(1, 1_048_576)),
      "parts that a batch is computed in, one after the other, to save memory"),
    PlanKey(
      "local.activationCheckpointing", \.plan.local.activationCheckpointing, .truth,
      "compute the insides of a model's blocks again instead of keeping them, to save memory"),
    PlanKey(
      "local.groupByLength", \.plan.local.groupByLength, .truth,
      "put texts of like length in one batch, so that little padding is computed"),
    PlanKey(
      "local.precision", \.plan.local.precision, .choice,
      "what layers multiply in; bf16 needs a CPU that has it; weights stay float32"),
    PlanKey("local.optimizer.kind", \.plan.local.optimizer.kind, .choice, "the local optimiser"),
    PlanKey(
      "local.optimizer.learningRate", \.plan.local.optimizer.learningRate, .number(.above(0)),
      "its step size"),
    PlanKey(
      "local.optimizer.momentum", \.plan.local.optimizer.momentum, .number(.range(0, below: 1)),
      "sgd: share of the last step that is kept"),
    PlanKey(
      "local.optimizer.nesterov", \.plan.local.optimizer.nesterov, .truth,
      "sgd: Nesterov's form of momentum"),
    PlanKey(
      "local.optimizer.weightDecay", \.plan.local.optimizer.weightDecay, .number(.atLeast(0)),
      "sgd: L2 term; adamw: decoupled"),
    PlanKey(
      "local.optimizer.beta1", \.plan.local.optimizer.beta1, .number(.range(0, below: 1)),
      "adamw: decay of the first moment"),
    PlanKey(
      "local.optimizer.beta2", \.plan.local.optimizer.beta2, .number(.range(0, below: 1)),
      "adamw: decay of the second moment"),
    PlanKey(
      "local.optimizer.epsilon", \.plan.local.optimizer.epsilon, .number(.above(0)),
      "adamw: added to the root of the second moment"),
    PlanKey(
      "local.proximal", \.plan.local.proximal, .number(.atLeast(0)),
      "pull towards the weights that training starts from (mu of FedProx); 0: none"),
    PlanKey(
      "local.schedule.kind", \.plan.local.schedule.kind, .choice, "the learning rate's course"),
    PlanKey(
      "local.schedule.warmup", \.plan.local.schedule.warmup, .number(.range(0, 1)),
      "share of the steps over which it rises from 0"),
    PlanKey(
      "local.threads", \.plan.local.threads, .wholeNumber(.range(1, 1024)),
      "compute threads a client; a result may depend on it"),

    PlanKey(
      "federation.strategy.kind", \.plan.federation.strategy.kind, .identifier,
      "how updates become the next model; its own numbers stand beside it (stepSize: 0.5)"),
    PlanKey(
      "federation.rounds", \.plan.federation.rounds, .wholeNumber(.range(1, 1_000_000)),
      "rounds of the run"),
    PlanKey(
      "federation.clientsPerRound", \.plan.federation.clientsPerRound,
      PlanValue.wholeNumber(.range(1, 1_000_000)).optional, "clients asked in a round; default: all"
    ),
    PlanKey(
      "federation.minimumClients", \.plan.federation.minimumClients,
      .wholeNumber(.range(1, 1_000_000)), "a round needs so many updates"),
    PlanKey(
      "federation.joinWindowSeconds", \.plan.federation.joinWindowSeconds,
      .number(.range(0, 31_536_000)), "wait so long for all clients before round 1"),
    PlanKey(
      "federation.deadlineSeconds", \.plan.federation.deadlineSeconds,
      PlanValue.number(PlanBounds(lower: 0, includesLower: false, upper: 31_536_000)).optional,
      "close a round after so long; default: wait for all that are alive"),
    PlanKey(
      "federation.selection.kind", \.plan.federation.selection.kind, .choice,
      "which clients a round asks"),
    PlanKey(
      "federation.selection.candidates", \.plan.federation.selection.candidates,
      PlanValue.wholeNumber(.range(1, 1_000_000)).optional,
      "power-of-choice: clients drawn, of whom those with the highest losses are asked; default: twice as many"
    ),
    PlanKey(
      "federation.availability.kind", \.plan.federation.availability.kind, .choice,
      "in which rounds clients can be asked; a round with too few is held with those of the next that has enough"
    ),
    PlanKey(
      "federation.availability.period", \.plan.federation.availability.period,
      .wholeNumber(.range(1, 1_000_000)), "periodic: rounds after which it comes again"),
    PlanKey(
      "federation.availability.share", \.plan.federation.availability.share,
      .number(PlanBounds(lower: 0, includesLower: false, upper: 1)),
      "periodic: share of the rounds in which a client can be asked"),
    PlanKey(
      "federation.availability.path", \.plan.federation.availability.path,
      PlanValue.path.optional,
      "trace: a file with client,from,to a line (rounds, from 1), or JSON lines of the same"),
    PlanKey(
      "federation.stopping.metric", \.plan.federation.stopping.metric, .text,
      "the metric of a round that decides (accuracy, loss, personalAccuracyWorst, ...)"),
    PlanKey(
      "federation.stopping.target", \.plan.federation.stopping.target,
      PlanValue.number(PlanBounds(lower: -1e300, upper: 1e300)).optional,
      "end once the metric is this good"),
    PlanKey(
      "federation.stopping.patience", \.plan.federation.stopping.patience,
      PlanValue.wholeNumber(.range(1, 1_000_000)).optional,
      "end after so many evaluations in a row that were no better"),
    PlanKey(
      "federation.stopping.minimumChange", \.plan.federation.stopping.minimumChange,
      .number(.atLeast(0)), "a smaller change is no improvement"),
    PlanKey(
      "federation.stopping.keepsBest", \.plan.federation.stopping.keepsBest, .truth,
      "the result is the best round's model, not the last one's"),
    PlanKey(
      "federation.schedule.kind", \.plan.federation.schedule.kind, .choice,
      "how the server's step shrinks over the rounds"),
    PlanKey(
      "federation.schedule.warmup", \.plan.federation.schedule.warmup, .number(.range(0, 1)),
      "share of the rounds over which it rises from 0"),

    PlanKey(
      "federation.personalize.epochs", \.plan.federation.personalize.epochs,
      .wholeNumber(.range(0, 100_000)),
      "after the last round every client fine-tunes the result on its own examples and keeps it; 0: not"
    ),
    PlanKey(
      "federation.personalize.baselineEpochs", \.plan.federation.personalize.baselineEpochs,
      .wholeNumber(.range(0, 100_000)),
      "then it also trains a model from scratch and a classifier alone for so long, to find negative transfer; 0: not"
    ),
    PlanKey(
      "federation.personalize.fallBack", \.plan.federation.personalize.fallBack, .truth,
      "it keeps the best of the three on its examples held out"),

    PlanKey(
      "evaluation.every", \.plan.evaluation.every, .wholeNumber(.atLeast(0)),
      "evaluate after every so many rounds and the last; 0: only the last"),
    PlanKey(
      "evaluation.batchSize", \.plan.evaluation.batchSize, .wholeNumber(.range(1, 1_048_576)),
      "examples at a time"),
    PlanKey(
      "evaluation.clients", \.plan.evaluation.clients, .choice,
      "who measures on examples held out: each round's participants, or after the last round all clients, too"
    ),
    PlanKey(
      "evaluation.matrix", \.plan.evaluation.matrix, .truth,
      "simulate: every client's own model on every client's held-out examples, after the last round"
    ),

    PlanKey(
      "simulation.attack.kind", \.attack.kind, .choice,
      "what hostile clients do; only simulate has any", .requiredInSection),
    PlanKey(
      "simulation.attack.fraction", \.attack.fraction, .number(.range(0, 1)),
      "share of the clients that is hostile, drawn from the seed"),
    PlanKey(
      "simulation.attack.strength", \.attack.strength, PlanValue.number(.atLeast(0)).optional,
      "sign-flip, inner-product (default 1), scale (10): a factor; noise (1): standard deviation; "
        + "little-is-enough: deviations from the mean (default: the paper's)"),
  ]

  /// The section in which any further key with a number is allowed: a strategy's own options.
  static let openSection = "federation.strategy"

  /// The section in which any further key is allowed: a partitioner's own settings.
  static let partitionSection = "data.partition"

  static let byPath = Dictionary(uniqueKeysWithValues: keys.map { ($0.path, $0) })

  /// Every section's path with the names in it, the file itself being "".
  static let sections: [String: [String]] = {
    var sections: [String: [String]] = [:]
    for key in keys {
      var parent = ""
      for part in key.path.split(separator: ".") {
        if sections[parent, default: []].contains(String(part)) == false {
          sections[parent, default: []].append(String(part))
        }
        parent = join(parent, String(part))
      }
    }
    return sections
  }()

  static func join(_ section: String, _ name: String) -> String {
    section.isEmpty ? name : "\(section).\(name)"
  }
}

/// What must hold between keys. Each check looks only at keys that were read without a problem.
struct PlanChecks {
  let plan: RunPlan
  let sources: [String: PlanSource]
  let root: PlanSource
  private(set) var problems: [PlanProblem] = []

  static func problems(
    of plan: RunPlan, sources: [String: PlanSource], root: PlanSource, failed: Set<String>
  ) -> [PlanProblem] {
    var checks = PlanChecks(plan: plan, sources: sources, root: root)
    checks.checkBackbone()
    checks.checkData()
    checks.checkGraph()
    checks.checkTasks()
    checks.checkAudio()
    checks.checkEpisodes()
    checks.checkSearch()
    checks.checkAdapters()
    checks.checkObjectives()
    checks.checkObjectivesTogether()
    checks.checkLocal()
    checks.checkFederation()
    checks.checkHead()
    checks.checkAttack()
    checks.checkEvaluation()
    checks.checkBaselines()
    return checks.problems.filter { problem in
      !failed.contains { $0 == problem.path || problem.path.hasPrefix($0 + ".") }
    }
  }

  private init(plan: RunPlan, sources: [String: PlanSource], root: PlanSource) {
    self.plan = plan
    self.sources = sources
    self.root = root
  }

  mutating func expect(_ holds: Bool, _ path: String, _ text: String) {
    guard !holds else { return }
    var place = path[...]
    while sources[String(place)] == nil, let dot = place.lastIndex(of: ".") {
      place = place[..<dot]
    }
    let source = sources[String(place)] ?? root
    problems.append(PlanProblem(source: source, path: path, text: text))
  }

  private mutating func checkBackbone() {
    let backbone = plan.backbone
    expect(
      backbone.path != nil || backbone.architecture != nil, "backbone",
      "needs path (a pretrained model) or architecture (a new one)")
    expect(
      backbone.path != nil || backbone.head != .keep, "backbone.head",
      "cannot be keep without backbone.path: there is no checkpoint to keep it from")
    expect(
      backbone.wordVectors == nil || backbone.path == nil, "backbone.wordVectors",
      "are for a new model; the one at backbone.path has its own")
    expect(
      backbone.wordVectors == nil || plan.task.kind == .textClassification, "backbone.wordVectors",
      "are for text-classification, but task.kind is \(plan.task.kind.rawValue)")
    expect(
      plan.transfer.method == .fineTune || plan.transfer.trainable.isEmpty, "transfer.trainable",
      "is for the method fine-tune; with \(plan.transfer.method.rawValue) other tensors move")
    expect(
      plan.transfer.method == .fineTune || plan.transfer.lastBlocks == nil, "transfer.lastBlocks",
      "is for the method fine-tune; with \(plan.transfer.method.rawValue) other tensors move")
    expect(
      plan.transfer.method != .head || plan.transfer.unfreezeEvery == 0, "transfer.unfreezeEvery",
      "unfreezes nothing with the method head: only the classifier moves")
  }

  private mutating func checkData() {
    let data = plan.data
    if let labels = data.labels, plan.task.classes > 0 {
      expect(
        labels.count == plan.task.classes, "data.labels",
        "keeps \(labels.count) labels, but task.classes is \(plan.task.classes)")
    }
    if let format = data.format {
      let kind: TaskPlan.Kind =
        switch format {
        case .idx, .cifar10, .imageFolder: .imageClassification
        case .tsv, .csv, .jsonl: .textClassification
        case .txt: .languageModel
        case .graph: .nodeClassification
        case .wav: .audioClassification
        }
      let isManifest = plan.task.kind == .audioClassification && [.tsv, .csv].contains(format)
      expect(
        kind == plan.task.kind || isManifest, "data.format",
        "\(format.rawValue) is for \(kind.rawValue), but task.kind is \(plan.task.kind.rawValue)")
    }
    expect(
      data.featureShift == nil || plan.task.kind == .imageClassification, "data.featureShift",
      "changes images, but task.kind is \(plan.task.kind.rawValue)")
    expect(
      data.target == nil || plan.task.kind != .languageModel, "data.target",
      "cannot serve task.kind \(plan.task.kind.rawValue): its text has no features to align")
    expect(
      data.targetClients == 0 || data.target != nil, "data.targetClients", "needs data.target")
    expect(
      data.targetClients == 0 || plan.transfer.batchNorm != .adapt, "transfer.batchNorm",
      "cannot be adapt with data.targetClients: statistics of clients without target would be mixed in"
    )
    let image = data.image
    expect(
      (image.mean == nil) == (image.standardDeviation == nil),
      image.mean == nil ? "data.image.standardDeviation" : "data.image.mean",
      "needs data.image.\(image.mean == nil ? "mean" : "standardDeviation") beside it")
    if let mean = image.mean, let deviation = image.standardDeviation {
      expect(
        mean.count == deviation.count, "data.image.standardDeviation",
        "has \(deviation.count) channels, but data.image.mean has \(mean.count)")
    }
    if let label = data.text.labelColumn, let texts = data.text.textColumns {
      expect(
        !texts.contains(label), "data.text.textColumns",
        "contains the label's column \(label)")
    }
  }

  private mutating func checkObjectives() {
    let transfer = plan.transfer
    for (index, objective) in transfer.objectives.enumerated()
    where ["l2-sp", "ewc"].contains(objective.kind) {
      expect(
        !transfer.method.restsBackbone, "transfer.objectives",
        "\(index + 1) is \(objective.kind), which holds the backbone's weights: with "
          + "\(transfer.method.rawValue) they do not move")
    }
  }

  /// Objectives that would pass over each other.
  private mutating func checkObjectivesTogether() {
    let kinds = plan.transfer.objectives.map(\.kind)
    let weighers = kinds.filter(["uncertainty", "gradnorm"].contains)
    let mixes = plan.data.augment.map(\.kind).filter(["mixup", "cutmix"].contains)
    expect(
      weighers.count < 2, "transfer.objectives",
      "has \(weighers.joined(separator: " and ")), which both weigh the heads' losses")
    if let weigher = weighers.first {
      expect(
        !kinds.contains("instance-weighting"), "transfer.objectives",
        "has instance-weighting beside \(weigher), which takes the task's loss over")
      expect(
        mixes.isEmpty, "data.augment",
        "has \(mixes.first ?? ""), whose second classes \(weigher) does not see")
    }
    for kind in kinds
    where plan.task.heads != nil
      && ["distillation", "entropy", "self-training", "jan", "ewc"].contains(kind)
    {
      expect(
        false, "transfer.objectives",
        "has \(kind), which knows one head; of task.heads lwf keeps each apart")
    }
    expect(
      plan.federation.strategy.kind != "norm-clipping" || plan.data.targetClients == 0
        || Set(kinds).isDisjoint(with: ["coral", "mmd", "jan"]),
      "federation.strategy.kind",
      "is norm-clipping, which would clip the domains' statistics with the model's changes")
  }

  private mutating func checkLocal() {
    let optimizer = plan.local.optimizer
    expect(
      optimizer.kind == .sgd || optimizer.momentum == 0, "local.optimizer.momentum",
      "is for sgd; adamw has beta1 and beta2")
    expect(
      !optimizer.nesterov || optimizer.kind == .sgd, "local.optimizer.nesterov", "is for sgd")
    expect(
      !optimizer.nesterov || optimizer.kind != .sgd || optimizer.momentum > 0,
      "local.optimizer.nesterov", "needs local.optimizer.momentum above 0")
  }

  private mutating func checkHead() {
    let (transfer, federation) = (plan.transfer, plan.federation)
    let head = transfer.head
    expect(
      head.layers.isEmpty || transfer.method == .head, "transfer.head.layers",
      "are for the method head: features of several layers are taken where the backbone stands still"
    )
    guard head.kind != .softmax else {
      return expect(
        head.components == nil && head.select == nil, "transfer.head",
        "has components and select for ridge, lda and prototype alone")
    }
    let name = head.kind.rawValue
    expect(
      transfer.method == .head, "transfer.head.kind",
      "\(name) is for the method head: the backbone has to stand still")
    expect(
      plan.task.kind != .languageModel, "transfer.head.kind",
      "\(name) is a classifier of whole examples, not of a language model's positions")
    expect(
      transfer.objectives.isEmpty, "transfer.objectives",
      "are for training; a \(name) head is solved from features")
    expect(
      plan.data.augment.isEmpty, "data.augment",
      "changes examples in every step; a \(name) head is solved from features that are computed once"
    )
    expect(
      transfer.batchNorm != .adapt, "transfer.batchNorm",
      "cannot be adapt with a \(name) head: its features are computed before")
    expect(
      transfer.episodes == nil, "transfer.episodes", "are for training; a \(name) head is solved")
    expect(
      plan.data.targetClients == 0, "data.targetClients",
      "have no labels, from which a \(name) head is solved")
    guard head.kind.isClosedForm else {
      return expect(
        head.components == nil && head.select == nil, "transfer.head",
        "has components and select for ridge, lda and prototype alone")
    }
    expect(
      transfer.personal.isEmpty, "transfer.personal",
      "leaves nothing to solve from all clients' sums")
    expect(
      federation.rounds == 1, "federation.rounds",
      "is \(federation.rounds), but a \(name) head is solved in one")
    expect(
      federation.clientsPerRound == nil, "federation.clientsPerRound",
      "leaves clients out of the one round of a \(name) head")
    expect(
      federation.strategy == StrategyPlan(), "federation.strategy",
      "is for training; a \(name) head is solved from all clients' sums")
  }

  private mutating func checkAttack() {
    guard let attack = plan.simulation?.attack else { return }
    expect(
      attack.kind != .labelFlip || attack.strength == nil, "simulation.attack.strength",
      "is not for label-flip: a label is flipped or it is not")
    expect(
      attack.kind != .labelFlip || plan.task.kind != .languageModel, "simulation.attack.kind",
      "cannot be label-flip: a language model's examples have no labels")
  }

  private mutating func checkEvaluation() {
    let evaluation = plan.evaluation
    expect(
      evaluation.clients == .participants || plan.data.holdout > 0, "evaluation.clients",
      "can be all only with data.holdout above 0: clients measure with examples held out")
    expect(
      !evaluation.matrix || plan.data.holdout > 0, "evaluation.matrix",
      "needs data.holdout above 0: clients measure with examples held out")
    let clients = plan.data.partition?.clients ?? 0
    expect(
      !evaluation.matrix || clients <= Self.matrixLimit, "evaluation.matrix",
      "is for at most \(Self.matrixLimit) clients, whose square is measured; here are \(clients)")
  }

  private mutating func checkBaselines() {
    let personalize = plan.federation.personalize
    let path = "federation.personalize"
    expect(
      personalize.baselineEpochs == 0 || plan.data.holdout > 0, "\(path).baselineEpochs",
      "needs data.holdout above 0: models are compared on examples held out")
    expect(
      personalize.baselineEpochs == 0 || plan.data.targetClients == 0, "\(path).baselineEpochs",
      "is not for data.targetClients, who have no labels to train on")
    expect(
      personalize.baselineEpochs == 0 || plan.transfer.prompt == nil, "\(path).baselineEpochs",
      "trains a classifier alone, of which transfer.prompt has none")
    expect(
      !personalize.fallBack || personalize.baselineEpochs > 0, "\(path).fallBack",
      "needs \(path).baselineEpochs: something to fall back on")
  }

  private static let matrixLimit = 2000

  private mutating func checkFederation() {
    let federation = plan.federation
    if let sharing = plan.data.partition?.clients, sharing > 0 {
      let clients = sharing + plan.data.targetClients
      if let asked = federation.clientsPerRound {
        expect(
          asked <= clients, "federation.clientsPerRound",
          "is \(asked), but data.partition.clients is \(clients)")
      }
      expect(
        federation.minimumClients <= clients, "federation.minimumClients",
        "is \(federation.minimumClients), but data.partition.clients is \(clients)")
    }
    let availability = federation.availability
    expect(
      (availability.kind == .trace) == (availability.path != nil), "federation.availability.path",
      availability.path == nil ? "is needed for the kind trace" : "is for the kind trace")
    if let asked = federation.clientsPerRound {
      expect(
        federation.minimumClients <= asked, "federation.minimumClients",
        "is \(federation.minimumClients), but federation.clientsPerRound is \(asked)")
    }
  }
}

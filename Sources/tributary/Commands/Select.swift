import ArgumentParser
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryStorage
import TributaryTransfer
import TributaryWorker

struct Select: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Rank backbones for a run's data, without training.",
    discussion: """
      Runs every backbone once over data.train and scores its features against the labels, best LogME first:
        LogME    evidence of the labels under Bayesian linear regression (You et al. 2021)
        H-score  variance of the features between the classes (Bao et al. 2019)
        LEEP     how well its own classifier's classes foretell the labels (Nguyen et al. 2020); - without one
        probe    accuracy of a ridge head on examples held out
      With data.partition every figure is put together from the clients' sums (counts, class sums, second \
      moments, joint counts, hits), as a federation would: no example leaves its client, and the figures \
      are those of pooled data.

      EXAMPLES
        tributary select run.yaml resnet18=resnet18.safetensors runs/pretrained/model
        tributary select run.yaml MiniLM-L6 hub:google/bert_uncased_L-2_H-128_A-2 --json
      """)

  @Argument(
    help: ArgumentHelp("The run's YAML file; its own backbone is not read.", valueName: "run"),
    completion: .file())
  var planFile: String

  @Argument(
    help: "Model folders, hub:OWNER/NAME, or ARCHITECTURE=FILE for bare weights.",
    completion: .file())
  var models: [String]

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override one key, as in --set data.trainLimit=1000.", valueName: "key=value"))
  var overrides: [String] = []

  @Option(help: "The share of every client's examples that the probe is measured on.")
  var validation = 0.2

  @Option(help: "The probe's L2 penalty.")
  var l2 = 1.0

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard validation > 0, validation < 1, l2 > 0, l2.isFinite else {
      throw ValidationError("--validation is between 0 and 1, --l2 positive")
    }
  }

  private struct Ranked: Encodable {
    var model: String
    var architecture: String
    var features: Int
    var logME: Double
    var hScore: Double
    var leep: Double?
    var probeAccuracy: Double
  }

  private struct Report: Encodable {
    var examples: Int
    var clients: Int
    var models: [Ranked]
  }

  func run() throws {
    let plan = try PlanOptions.plan(planFile, overrides: overrides)
    guard plan.task.kind != .languageModel else {
      throw TributaryError(
        "task.kind", "backbones are ranked for classes, and a language model has none")
    }
    let question = try question(plan)
    let ranked = try models.map { name -> Ranked in
      let score = try BackboneScore(of: load(name, plan), for: question)
      return Ranked(
        model: name, architecture: score.architecture, features: score.features,
        logME: score.logME, hScore: score.hScore, leep: score.leep,
        probeAccuracy: score.probeAccuracy)
    }.sorted { $0.logME > $1.logME }
    let report = Report(
      examples: question.clients.reduce(0) { $0 + $1.indices.count },
      clients: question.clients.count, models: ranked)
    if json {
      Text.emit(try Text.json(report))
    } else {
      show(report)
    }
  }

  private func question(_ plan: RunPlan) throws -> BackboneScore.Question {
    let dataset: Dataset
    let clients: [(client: ClientID, indices: [Int])]
    if plan.data.partition == nil {
      dataset = try DatasetReader.train(plan)
      _ = try dataset.requireLabels(within: plan.task)
      clients = [(ClientID(index: 0), Array(0..<dataset.count))]
    } else {
      let federated = try FederatedDataset(plan)
      (dataset, clients) = (federated.dataset, federated.clients)
    }
    return BackboneScore.Question(
      dataset: dataset, clients: clients, classes: plan.task.classes, validation: validation,
      l2: l2, maximumTokens: plan.data.text.maximumTokens)
  }

  private func load(_ name: String, _ plan: RunPlan) throws -> LoadedModel {
    let parts = name.split(separator: "=", maxSplits: 1).map(String.init)
    let known =
      parts.count == 2 && !DurableFile.exists(name)
      ? try ModelRegistry.canonicalName(parts[0]) : nil
    let weights = try WeightsPath.resolve(known == nil ? name : parts[1])
    let path = known == nil && weights != name ? DurableFile.parent(of: weights) : weights
    let image = plan.data.image
    func load(classes: Int?) throws -> LoadedModel {
      try ModelFolder.load(
        path: path, architecture: known, classes: classes,
        pooling: plan.backbone.pooling == .mean ? .mean : nil,
        image: plan.data.audio.map { ImageRequest($0.features) }
          ?? ImageRequest(
            height: image.size?[0], width: image.size?[1], mean: image.mean,
            standardDeviation: image.standardDeviation),
        key: plan.randomKey.at("initial"))
    }
    do {
      return try load(classes: nil)
    } catch let error as TributaryError where error.code == "model.configuration" {
      // Weights without a classifier do not say how many classes there were.
      return try load(classes: plan.task.classes)
    }
  }

  private func show(_ report: Report) {
    let rows = report.models.map { entry in
      [
        entry.model, entry.architecture, "\(entry.features)", Text.decimal(entry.logME, 4),
        Text.decimal(entry.hScore, 4), Text.decimal(entry.leep, 4),
        Text.decimal(entry.probeAccuracy, 4),
      ]
    }
    let header = ["model", "architecture", "features", "LogME", "H-score", "LEEP", "probe"]
    for line in Text.table([header] + rows, leading: 2) { Text.emit(line) }
    Text.emit(
      report.clients > 1
        ? "\(report.examples) examples of \(report.clients) clients, of which only sums were put together"
        : "\(report.examples) examples in one place")
  }
}

public import ArgumentParser
import Foundation
import TributaryCore
import TributaryData
import TributaryModels
public import TributaryPlan
import TributaryStorage
import TributaryTransfer

struct Adapt: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a personal model of a few labelled examples, or measure how well that goes.",
    discussion: """
      For models that were trained with transfer.episodes. The examples given take a few steps of their own \
      (Reptile, FOMAML, MAML; ANIL in the classifier alone) or become prototypes (protonet, with any number \
      of classes). The result is a plain model, whose batch norms keep the statistics of these examples.

      --run names the run file whose transfer section the model was trained with; --algorithm, --steps and \
      --learning-rate stand in for it. --episodes measures the model itself: on so many tasks of the run's \
      data.test, mean accuracy with its 95 % confidence.

      EXAMPLES
        tributary adapt runs/meta/model --run run.yaml --data five-letters --output mine
        tributary adapt runs/meta/model --run run.yaml --data five-letters --test more-letters --output mine
        tributary adapt runs/meta/model --algorithm protonet --data photos --output mine
        tributary adapt runs/meta/model --run run.yaml --episodes 1000
        tributary adapt runs/meta/model --run run.yaml --set transfer.episodes.transductive=false --episodes 1000
      """)

  @Argument(help: "What a run wrote: its folder, or the model's.", completion: .directory)
  var model: String
  @Option(help: "The labelled examples: a file or a folder.", completion: .file())
  var data: String?
  @Option(help: "The folder for the personal model.", completion: .directory)
  var output: String?
  @Option(help: "Labelled examples to measure the personal model with.", completion: .file())
  var test: String?
  @Option(help: "Measure on so many tasks of the run's data.test.")
  var episodes: Int?
  @Option(
    name: .customLong("run"), help: "The run file with transfer.episodes.",
    completion: .file(extensions: ["yaml", "yml"]))
  var runFile: String?
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("Override one key of the run file.", valueName: "key=value"))
  var overrides: [String] = []
  @Option(help: "Without a run file: reptile, fomaml, maml, anil or protonet.")
  var algorithm: EpisodesPlan.Algorithm?
  @Option(help: "Steps on the examples; default: the run file's.")
  var steps: Int?
  @Option(help: "Their step size; default: the run file's.")
  var learningRate: Double?
  @Option(help: "Keep only these labels, renumbered in this order.", transform: LabelList.parse)
  var labels: [Int]?
  @OptionGroup var outputOptions: OutputOptions

  func validate() throws {
    guard (data == nil) == (output == nil), data != nil || episodes != nil else {
      throw ValidationError("give --data and --output for a personal model, or --episodes")
    }
    guard runFile != nil || algorithm != nil else {
      throw ValidationError("say --run, or how the model was trained with --algorithm")
    }
    guard episodes == nil || runFile != nil, runFile != nil || overrides.isEmpty else {
      throw ValidationError("--episodes and --set need --run")
    }
    guard episodes ?? 1 > 0, steps ?? 1 > 0, learningRate ?? 1 > 0, test == nil || data != nil
    else {
      throw ValidationError(
        "--episodes, --steps and --learning-rate are positive; --test needs --data")
    }
  }

  private struct Report: Encodable {
    var examples: Int?
    var digest: Digest?
    var model: String?
    var episodes: Int?
    var metrics: [String: Double]
  }

  func run() throws {
    let plan = try runFile.map { try PlanOptions.plan($0, overrides: overrides) }
    let settings = try settings(plan)
    if episodes != nil, let plan { try measure(plan, settings) }
    if let data, let output { try personalize(data, output, plan, settings) }
  }

  private func settings(_ plan: RunPlan?) throws -> EpisodesPlan {
    guard var settings = plan == nil ? EpisodesPlan() : plan?.transfer.episodes else {
      throw TributaryError(
        "transfer.episodes", "\(runFile ?? "") has no section transfer.episodes",
        advice: "give the run file that the model was trained with, or --algorithm")
    }
    settings.algorithm = algorithm ?? settings.algorithm
    settings.evaluationSteps = steps ?? settings.evaluationSteps
    settings.innerLearningRate = learningRate ?? settings.innerLearningRate
    settings.evaluationEpisodes = episodes ?? settings.evaluationEpisodes
    return settings
  }

  private func measure(_ plan: RunPlan, _ settings: EpisodesPlan) throws {
    var plan = plan
    plan.backbone = BackbonePlan(path: try folder(), head: .keep)
    let test = try DatasetReader.test(plan)
    _ = try test.requireLabels(within: plan.task)
    let prepared = try PreparedRun(plan, example: test)
    let measured = try EpisodicEvaluator(prepared, settings, test: test).measure(
      prepared.loaded.tensors)
    try show(
      Report(episodes: settings.evaluationEpisodes, metrics: measured.metrics),
      "\(settings.ways)-way \(settings.shots)-shot  accuracy \(percent(measured.accuracy)) ± "
        + "\(percent(measured.confidence)) %  over \(settings.evaluationEpisodes) episodes")
  }

  private func personalize(
    _ data: String, _ output: String, _ plan: RunPlan?, _ settings: EpisodesPlan
  ) throws {
    let base = try load(classes: nil, names: nil, head: .keep)
    let few = try read(data, base, plan)
    let classes = few.classNames?.count ?? (few.labels?.max() ?? 0) + 1
    guard settings.algorithm == .protonet || classes == base.configuration.classes else {
      throw TributaryError(
        "data.episodes",
        "\(data): \(classes) classes, but the model's tasks have \(base.configuration.classes)",
        advice: "choose so many classes (--labels), or train with protonet, which takes any number")
    }
    let loaded = try load(
      classes: classes, names: few.classNames,
      head: classes == base.configuration.classes ? .keep : .new)
    _ = try few.requireLabels(within: TaskPlan(kind: few.kind, classes: classes))
    let adapted = try FewShotAdaptation(
      loaded, settings, transfer: plan?.transfer ?? TransferPlan()
    ).adapted(to: TrainingExamples(try source(few, loaded)))
    let digest = try ModelFolder.write(tensors: adapted, assets: loaded.assets, to: output)
    var metrics: [String: Double] = [:]
    if let test {
      let examples = try read(test, base, plan)
      _ = try examples.requireLabels(within: TaskPlan(kind: few.kind, classes: classes))
      metrics = try Inference(model: loaded.model, tensors: adapted)
        .evaluate(source(examples, loaded), batchSize: 64).metrics
    }
    let accuracy = metrics["accuracy"].map { "accuracy \(percent($0)) %  " } ?? ""
    try show(
      Report(examples: few.count, digest: digest, model: output, metrics: metrics),
      "\(accuracy)\(few.count) examples  model \(output)\nsha256 \(digest)")
  }

  private func folder() throws -> String { DurableFile.parent(of: try WeightsPath.resolve(model)) }

  private func load(classes: Int?, names: [String]?, head: HeadPolicy) throws -> LoadedModel {
    try ModelFolder.load(
      path: folder(), classes: classes, classNames: names, head: head, key: RandomKey(seed: 0))
  }

  private func read(_ path: String, _ loaded: LoadedModel, _ plan: RunPlan?) throws -> Dataset {
    try DatasetReader.read(
      path,
      plan: DataPlan(labels: labels, for: loaded.configuration, audio: plan?.data.audio),
      resize: loaded.configuration.image?.resize ?? ImageResize())
  }

  private func source(_ dataset: Dataset, _ loaded: LoadedModel) throws -> ExampleSource {
    try ExampleSource(dataset, for: loaded, maximumTokens: DataPlan().text.maximumTokens)
  }

  private func percent(_ share: Double) -> String { Text.decimal(100 * share, 2) }

  private func show(_ report: Report, _ text: String) throws {
    Text.emit(outputOptions.json ? try Text.json(report) : text)
  }
}

extension EpisodesPlan.Algorithm: ExpressibleByArgument {}

public import ArgumentParser
import Foundation
import TributaryCore
import TributaryData
import TributaryModels
public import TributaryPlan
import TributaryStorage
import TributaryTensor
import TributaryTransfer

/// A model and the examples to run it on; the same for every command that only infers.
struct ModelOptions: ParsableArguments {
  @Argument(
    help: "What a run wrote, a Hugging Face folder, hub:OWNER/NAME, or a file with --architecture.",
    completion: .file())
  var model: String

  @Option(
    help: ArgumentHelp(
      "The examples: a file, a folder or a shard.",
      discussion: "Of an IDX file that has ...split-idx1-ubyte beside it, the test rows are read."),
    completion: .file())
  var data: String

  @Option(help: "A name of the model registry, for a bare weights file.")
  var architecture: String?

  @Option(help: "The data's format, where the path does not tell.")
  var format: DataPlan.Format?

  @Option(
    help: "Keep only these labels, renumbered in this order, as in --labels 5,6,9.",
    transform: LabelList.parse)
  var labels: [Int]?

  @Option(help: "Use at most this many examples, from the beginning.")
  var limit: Int?

  @Option(help: "Examples a batch.")
  var batchSize = 64

  @Option(help: "Compute threads.")
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "Cut texts to this many tokens.")
  var maximumTokens = 128

  func validate() throws {
    guard batchSize > 0, threads > 0, maximumTokens > 2, limit.map({ $0 > 0 }) ?? true else {
      throw ValidationError("--batch-size, --threads, --limit and --maximum-tokens are positive")
    }
  }

  struct Opened {
    var loaded: LoadedModel
    var inference: Inference
    var source: ExampleSource
    var dataset: Dataset

    /// The class's name, or its number where the model knows no names.
    func name(of label: Int) -> String {
      loaded.configuration.classNames.map { $0[label] } ?? String(label)
    }
  }

  /// - Parameters:
  ///   - pooling: how a text encoder's token vectors become one; nil: as the folder says.
  ///   - head: what of the classifier; `auto` where none is needed.
  func open(
    labelsRequired: Bool, pooling: Pooling? = nil, head: HeadPolicy = .keep
  ) throws -> Opened {
    let weights = try WeightsPath.resolve(model)
    let isBare = weights == model
    if isBare, architecture == nil {
      throw TributaryError(
        "model.architecture", "\(model) is a bare weights file",
        advice: "say --architecture; known: \(ModelRegistry.names.joined(separator: ", "))")
    }
    let path = isBare ? model : DurableFile.parent(of: weights)
    let loaded = try ModelFolder.load(
      path: path, architecture: architecture, head: head, pooling: pooling,
      key: RandomKey(seed: 0))
    let dataset = try DatasetReader.read(
      data, format: format, plan: DataPlan(labels: labels, for: loaded.configuration),
      limit: limit, labelsRequired: labelsRequired, split: .test,
      resize: loaded.configuration.image?.resize ?? ImageResize())
    return Opened(
      loaded: loaded,
      inference: try Inference(
        model: loaded.model, tensors: loaded.tensors, threads: threads),
      source: try ExampleSource(dataset, for: loaded, maximumTokens: maximumTokens),
      dataset: dataset)
  }
}

extension DataPlan.Format: ExpressibleByArgument {}

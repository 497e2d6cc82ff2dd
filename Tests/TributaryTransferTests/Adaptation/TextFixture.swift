import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryStorage
import TributaryTestKit
import TributaryTransfer

/// A tiny BERT from random weights in a folder, and texts of two kinds.
struct TextFixture {
  let folder: TemporaryFolder
  static let words =
    ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "it", "was", ".", "great", "bad", "##ly"]
    + ["sun", "sea", "calm", "warm", "storm", "rain", "flood", "wind", "the", "a", "and"]

  /// - Parameter objective: whose head the checkpoint has.
  init(objective: Objective = .languageModel) throws {
    folder = TemporaryFolder()
    let settings = JSON.object([
      ("model_type", .string("bert")), ("vocab_size", .integer(Self.words.count)),
      ("hidden_size", .integer(16)), ("num_hidden_layers", .integer(2)),
      ("num_attention_heads", .integer(2)), ("intermediate_size", .integer(32)),
      ("max_position_embeddings", .integer(32)),
    ])
    let configuration = ModelConfiguration(
      architecture: "bert", classes: 2, objective: objective, settings: settings)
    let model = try ModelRegistry.make(configuration)
    let vocabulary = Self.words.joined(separator: "\n") + "\n"
    try ModelFolder.write(
      tensors: model.initialTensors(key: RandomKey(seed: 4)),
      assets: [
        "config.json": configuration.folderConfiguration(),
        "vocab.txt": Bytes(copying: Array(vocabulary.utf8)),
      ], to: folder("bert"))
  }

  static func dataset(count: Int) -> Dataset {
    var generator = RandomKey(seed: 2).generator
    let labels = (0..<count).map { $0 % 2 }
    let texts = labels.map { label in
      (0..<6).map { _ in words[(label == 0 ? 11 : 15) + generator.below(4)] }
        .joined(separator: " ")
    }
    return Dataset(examples: .text(TextExamples(texts: texts)), labels: labels)
  }

  func plan(_ transfer: TransferPlan, backbone: String? = nil, rate: Double = 0.05) -> RunPlan {
    RunPlan(
      name: "texts", seed: 5, backbone: BackbonePlan(path: backbone ?? folder("bert")),
      task: TaskPlan(kind: .textClassification, classes: 2, classNames: ["fair", "foul"]),
      data: DataPlan(), transfer: transfer,
      local: LocalPlan(
        epochs: 4, batchSize: 8,
        optimizer: OptimizerPlan(kind: .adamw, learningRate: rate)))
  }

  static let prompt = PromptPlan(
    template: "{text} it was {mask}.",
    words: [PromptPlan.Word("foul", "bad"), PromptPlan.Word("fair", "great")])
}

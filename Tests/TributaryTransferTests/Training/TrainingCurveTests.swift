import Foundation
import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryTensor
import TributaryTestKit

@testable import TributaryTransfer

/// Real models on real data beside PyTorch, from the same weights over the same batches: 50 steps, one
/// loss after the other.
@Suite(.serialized) struct TrainingCurveTests {
  private static let steps = 50

  @Test(
    .enabled(
      if: SharedData.has("cifar10/cifar10_train.bin")
        && SharedData.has("weights/resnet20_cifar10.safetensors")
        && PythonReference.has("torch", "safetensors")))
  func aResidualNetworkFollowsPyTorch() throws {
    let path = try #require(SharedData.path("cifar10/cifar10_train.bin"))
    let loaded = try ModelFolder.load(
      path: SharedData.path("weights/resnet20_cifar10.safetensors"),
      architecture: "cifar-resnet20", classes: 10, head: .new, key: RandomKey(seed: 7))
    let plan = LocalPlan(batchSize: 32, optimizer: OptimizerPlan(learningRate: 0.01, momentum: 0.9))
    let curves = try curves("image", loaded, data: path, plan: plan)
    // A wrong step shows at once; rounding grows with the steps.
    expectClose(curves, within: { step in 1e-5 * pow(1.2, Double(step)) })
  }

  @Test(
    .enabled(
      if: SharedData.has("sst2/sentences_train.tsv") && PythonReference.has("torch", "transformers")
        && PythonReference.miniLM != nil))
  func miniLMFollowsPyTorch() throws {
    let path = try #require(SharedData.path("sst2/sentences_train.tsv"))
    let folder = TemporaryFolder()
    try copyWithoutDropout(try #require(PythonReference.miniLM), to: folder.path)
    let loaded = try ModelFolder.load(
      path: folder.path, classes: 2, head: .new, key: RandomKey(seed: 7))
    let plan = LocalPlan(
      batchSize: 8,
      optimizer: OptimizerPlan(kind: .adamw, learningRate: 5e-5, weightDecay: 0.01))
    let curves = try curves("text", loaded, data: path, plan: plan)
    expectClose(curves, within: { _ in 2e-3 })
  }

  private struct Curves {
    var here: [Double]
    var there: [Double]
  }

  private func expectClose(_ curves: Curves, within tolerance: (Int) -> Double) {
    #expect(curves.here.count == Self.steps)
    #expect(curves.there.count == Self.steps)
    for (step, (ours, theirs)) in zip(curves.here, curves.there).enumerated() {
      let limit = min(tolerance(step), 0.02) * max(1, theirs)
      #expect(abs(ours - theirs) < limit, "step \(step): \(ours), PyTorch \(theirs)")
    }
    // A curve that does not move proves little.
    let tail = curves.here.suffix(10).reduce(0, +) / 10
    #expect(tail < curves.here.prefix(5).reduce(0, +) / 5)
  }

  private func curves(
    _ kind: String, _ loaded: LoadedModel, data: String, plan: LocalPlan
  ) throws -> Curves {
    let maximumTokens = 32
    let folder = TemporaryFolder()
    try ModelFolder.write(loaded, to: folder("model"))
    let key = RandomKey(seed: 11)
    let count = Self.steps * plan.batchSize
    let order = BatchOrder(count: count, batchSize: plan.batchSize, key: key.at("order").at(0))
    let settings = Settings(
      batches: Array(order), learning_rate: plan.optimizer.learningRate,
      momentum: plan.optimizer.momentum, weight_decay: plan.optimizer.weightDecay,
      maximum_tokens: maximumTokens)
    try JSONEncoder().encode(settings).write(to: URL(fileURLWithPath: folder("order.json")))

    let dataset = try DatasetReader.read(data, limit: count)
    let source = try ExampleSource(dataset, for: loaded, maximumTokens: maximumTokens)
    let freeze = try FreezePlan(model: loaded.model, transfer: TransferPlan())
    let (moving, frozen) = freeze.split(try loaded.tensors.mapValues { try Tensor($0) })
    let losses = Losses()
    _ = try LocalTrainer(model: loaded.model, freeze: freeze, plan: plan).train(
      moving: moving, frozen: frozen, examples: TrainingExamples(source), key: key,
      watch: .init(progress: { step, _, mean in losses.add(step: step, mean: mean) }))
    return Curves(here: losses.values, there: try pyTorch(kind, folder, data))
  }

  private func pyTorch(_ kind: String, _ folder: TemporaryFolder, _ data: String) throws -> [Double]
  {
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("train_in_pytorch.py").path
    let result = PythonReference.run([script, kind, folder("model"), data, folder("order.json")])
    try #require(result.status == 0, "\(result.output)")
    let line = result.output.split(separator: "\n").last ?? ""
    return try JSONDecoder().decode([Double].self, from: Data(line.utf8))
  }

  private func copyWithoutDropout(_ source: String, to folder: String) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: source)
    where name != "config.json" {
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/\(name)", withDestinationPath: "\(source)/\(name)")
    }
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(source)/config.json"))
    var json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    json["hidden_dropout_prob"] = 0
    json["attention_probs_dropout_prob"] = 0
    try JSONSerialization.data(withJSONObject: json)
      .write(to: URL(fileURLWithPath: "\(folder)/config.json"))
  }

  /// What the script needs to know.
  private struct Settings: Encodable {
    var batches: [[Int]]
    var learning_rate: Double
    var momentum: Double
    var weight_decay: Double
    var maximum_tokens: Int
  }

  /// The loss of each step, from the mean over all steps so far; used by one thread.
  private final class Losses: @unchecked Sendable {
    private(set) var values: [Double] = []
    private var sum = 0.0

    func add(step: Int, mean: Double) {
      values.append(mean * Double(step) - sum)
      sum = mean * Double(step)
    }
  }
}

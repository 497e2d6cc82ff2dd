import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryPlan
import TributaryStorage
import TributaryTensor
import TributaryTestKit

@testable import TributaryTransfer

@Suite struct FisherAccumulationTests {
  private let folder = TemporaryFolder()

  /// Two tasks' information is their sum.
  @Test func tasksAddUp() throws {
    let train = try TransferFixture.dataset(count: 8)
    let run = try PreparedRun(
      TransferFixture.plan(architecture: "logistic-regression"), example: train)
    func write(_ name: String, former: String?) throws -> ParameterTree<HostTensor> {
      try ModelFolder.write(run.loaded, to: folder(name))
      try FisherInformation.accumulate(
        run, tensors: run.loaded.tensors, on: train, limit: 5, former: former, to: folder(name))
      return try SafetensorsFile(path: folder("\(name)/fisher.safetensors")).tensors
    }
    let one = try write("one", former: nil)
    let two = try write("two", former: folder("one"))
    #expect(two.names == one.names)
    for (name, value) in two {
      let expected = try #require(one[name]).floats().map { $0 * 2 }
      #expect(
        difference(try value.floats(), expected, absolute: 1e-9, relative: 1e-6) == nil, "\(name)")
    }
  }

  /// Of the classifier's bias the information is the positions' mean of E (p − e_y)² = p (1 − p): here by 20 draws.
  @Test func ofTextEveryPositionCounts() throws {
    var plan = RunPlan(
      name: "text", seed: 3, backbone: BackbonePlan(architecture: "char-lstm"),
      task: TaskPlan(kind: .languageModel, classes: 97), data: DataPlan())
    plan.data.text.maximumTokens = 16
    let run = try PreparedRun(plan)
    let data = Dataset(
      examples: .text(TextExamples(texts: ["to be or not to"])), labels: [0])
    let source = try ExampleSource(data, for: run.loaded, maximumTokens: 16)
    let total = try (0..<20).reduce(0.0) { sum, trial in
      let fisher = try FisherInformation.diagonal(
        of: run.loaded, on: source, indices: [0], key: RandomKey(seed: 4).at(trial))
      return try sum
        + #require(fisher["classifier.bias"]).floats().reduce(0.0) { $0 + Double($1) } / 20
    }
    let inference = try Inference(model: run.loaded.model, tensors: run.loaded.tensors, threads: 1)
    let probabilities = softmax(try inference.logits(source.input([0])))
    let expected =
      (probabilities * (1 - probabilities)).sum().item / Float(probabilities.shape[0])
    #expect(abs(total / Double(expected) - 1) < 0.35, "\(total) of \(expected)")
  }
}

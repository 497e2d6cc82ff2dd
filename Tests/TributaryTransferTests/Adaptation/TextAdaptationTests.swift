import Testing
import TributaryCore
import TributaryData
import TributaryModels
import TributaryNN
import TributaryPlan
import TributaryStorage
import TributaryTensor
import TributaryTestKit
import TributaryTransfer

/// What is added to a text encoder: trained, written, read again.
@Suite struct TextAdaptationTests {
  static let methods: [TransferPlan.Method] = [.lora, .ia3, .adapters, .prompt, .prefix]

  private static func transfer(
    _ method: TransferPlan.Method, prompt: PromptPlan? = nil
  ) -> TransferPlan {
    TransferPlan(
      method: method, rank: 2, alpha: 4, adapter: AdapterPlan(size: 4, tokens: 3), prompt: prompt)
  }

  private func logits(_ loaded: LoadedModel, _ data: Dataset) throws -> [Float] {
    let source = try ExampleSource(data, for: loaded, maximumTokens: 32)
    return try Inference(model: loaded.model, tensors: loaded.tensors)
      .logits(source.input(Array(0..<source.count))).floats()
  }

  /// Frozen tensors keep their bits, the loss falls, and the written folder is the trained model: its predictions are
  /// those that training ended with.
  @Test(arguments: methods, [false, true])
  func trainingMovesWhatIsAddedAlone(method: TransferPlan.Method, byWords: Bool) throws {
    let fixture = try TextFixture()
    let data = TextFixture.dataset(count: 16)
    let plan = fixture.plan(
      Self.transfer(method, prompt: byWords ? TextFixture.prompt : nil))
    let run = try PreparedRun(plan)
    let before = run.loaded.tensors
    let added = Set(run.loaded.model.adaptation?.tensors.map(\.name) ?? [])
    #expect(!added.isEmpty)
    #expect(run.freeze.trainable == added.union(run.loaded.model.headTensorNames))
    #expect(Set(run.initial.shared.names) == run.freeze.trainable)
    var losses: [Double] = []
    let outcome = try PooledTraining(run).run(on: data) { epoch in
      losses.append(epoch.metrics["trainLoss"] ?? .nan)
    }
    #expect(losses.count == 4 && losses[3] < losses[0])
    for (name, tensor) in before where !run.freeze.moves(name) {
      #expect(outcome.trained[name] == tensor, "\(name)")
    }
    let trained = try run.loaded.finished(outcome.tensors)
    _ = try run.write(outcome.trained, to: fixture.folder("out"))
    let again = try ModelFolder.load(path: fixture.folder("out"), key: RandomKey(seed: 0))
    #expect(again.freshTensors.isEmpty)
    #expect(again.tensors == trained.tensors)
    let found = try logits(again, data)
    #expect(difference(found, try logits(trained, data), absolute: 1e-6) == nil)
    // Merged or not, it is what training ended with.
    var unmerged = run.loaded
    unmerged.tensors = outcome.trained
    #expect(difference(found, try logits(unmerged, data), absolute: 1e-4) == nil)
  }

  /// PEFT's folder, read again, starts where the training that wrote it ended.
  @Test(arguments: [TransferPlan.Method.lora, .ia3, .prompt, .prefix])
  func startsFromAFolderOfPEFT(method: TransferPlan.Method) throws {
    let fixture = try TextFixture()
    let data = TextFixture.dataset(count: 8)
    let first = try PreparedRun(fixture.plan(Self.transfer(method)))
    let outcome = try PooledTraining(first).run(on: data)
    _ = try first.write(outcome.trained, to: fixture.folder("out"))
    // The folder's own settings count, not these.
    var transfer = TransferPlan(method: method)
    transfer.adapter.from = fixture.folder("out/adapter")
    let second = try PreparedRun(fixture.plan(transfer))
    #expect(second.initial.shared == outcome.trained.filter { name, _ in first.freeze.moves(name) })
    transfer.method = method == .lora ? .ia3 : .lora
    let error = #expect(throws: TributaryError.self) {
      try PreparedRun(fixture.plan(transfer))
    }
    #expect(error?.code == "model.adaptation")
  }

  /// A model with adapters that cannot be merged is a backbone like any other, but for adapters once more.
  @Test func aBackboneWithAdaptersGoesOn() throws {
    let fixture = try TextFixture()
    let run = try PreparedRun(fixture.plan(Self.transfer(.adapters)))
    _ = try run.write(run.loaded.tensors, to: fixture.folder("out"))
    let same = try PreparedRun(
      fixture.plan(Self.transfer(.adapters), backbone: fixture.folder("out")))
    #expect(same.loaded.tensors == run.loaded.tensors)
    let head = try PreparedRun(
      fixture.plan(TransferPlan(method: .head), backbone: fixture.folder("out")))
    #expect(head.freeze.trainable == head.loaded.model.headTensorNames)
    let error = #expect(throws: TributaryError.self) {
      try PreparedRun(fixture.plan(Self.transfer(.prompt), backbone: fixture.folder("out")))
    }
    #expect(error?.message.contains("adapters already") == true)
  }

  @Test func whatCannotBeIsRefused() throws {
    let fixture = try TextFixture()
    func code(_ transfer: TransferPlan, backbone: String? = nil) -> String? {
      do {
        _ = try PreparedRun(fixture.plan(transfer, backbone: backbone))
        return nil
      } catch {
        return (error as? TributaryError)?.code
      }
    }
    // More virtual tokens than the model has places for.
    #expect(
      code(TransferPlan(method: .prompt, adapter: AdapterPlan(tokens: 30))) == "model.adaptation")
    #expect(code(TransferPlan(method: .ia3, targets: ["nowhere"])) == "transfer.targets")
    var prompt = TextFixture.prompt
    prompt.template = "{text} it was good."
    #expect(code(TransferPlan(prompt: prompt)) == "model.cloze")
    prompt = TextFixture.prompt
    prompt.words[0].word = "marvellous and so on"
    #expect(code(TransferPlan(prompt: prompt)) == "model.cloze")
    prompt.words[0].word = "great"
    #expect(code(TransferPlan(prompt: prompt)) == "model.cloze")
    // A checkpoint without the masked language model's head.
    let bare = try TextFixture(objective: .classification)
    #expect(
      code(TransferPlan(prompt: TextFixture.prompt), backbone: bare.folder("bert"))
        == "model.cloze")
  }

  /// The template stands around every text, whose end is cut first; masks of its own it may not bring.
  @Test func textsStandInTheTemplate() throws {
    let fixture = try TextFixture()
    let run = try PreparedRun(fixture.plan(TransferPlan(prompt: TextFixture.prompt)))
    let tokenizer = try run.loaded.tokenizer()
    let encode = try run.loaded.encoder(tokenizer, maximumTokens: 9)
    // [CLS] sun sea it was [MASK] . [SEP]: the text is cut to three tokens, of which its mask falls out.
    #expect(encode("sun [MASK] sea calm warm storm rain") == [2, 11, 12, 5, 6, 4, 7, 3])
    #expect(encode("sun sea calm warm storm rain") == [2, 11, 12, 13, 5, 6, 4, 7, 3])
    #expect(encode("") == [2, 5, 6, 4, 7, 3])
    #expect(throws: TributaryError.self) {
      try run.loaded.encoder(tokenizer, maximumTokens: 6)
    }
  }
}

import Testing
import TributaryCore
import TributaryNN
import TributaryStorage
import TributaryTensor
import TributaryTestKit

@testable import TributaryModels

@Suite struct GPT2Tests {
  private let ids: [Int32] = [3, 14, 15, 92, 65, 35, 89, 79]

  private func opened() throws -> (model: any CausalLanguageModel, pass: Pass) {
    let loaded = try GenerationGolden().model()
    return (
      try #require(loaded.model as? any CausalLanguageModel),
      Pass(parameters: try loaded.tensors.mapValues { try Tensor($0) })
    )
  }

  private func tokens(_ ids: [Int32]) -> ModelInput { .tokens([ids], multiple: 1) }

  @Test func theCacheGivesWhatTheWholeTextGives() throws {
    let (model, pass) = try opened()
    let whole = try model.hiddenStates(tokens(ids), pass).floats()
    let cache = KeyValueCache()
    var found: [Float] = []
    for piece in [ids[0..<3], ids[3..<4], ids[4..<8]] {
      let x = Tensor(Array(piece), shape: [1, piece.count])
      found += try model.hiddenStates(x, cache: cache, pass).floats()
    }
    #expect(cache.length == 8)
    #expect(difference(found, whole, absolute: 1e-5) == nil)
    let error = #expect(throws: TributaryError.self) {
      try model.hiddenStates(
        Tensor([Int32](repeating: 1, count: 41), shape: [1, 41]), cache: cache, pass)
    }
    #expect(error?.code == "model.input")
  }

  @Test func noTokenSeesALaterOne() throws {
    let (model, pass) = try opened()
    let whole = try model.hiddenStates(tokens(ids), pass).floats()
    let part = try model.hiddenStates(tokens(Array(ids[..<5])), pass).floats()
    #expect(difference(Array(whole.prefix(part.count)), part, absolute: 1e-5) == nil)
    let other = try model.hiddenStates(tokens(ids.dropLast() + [1]), pass).floats()
    #expect(Array(whole.suffix(32)) != Array(other.suffix(32)))
  }

  @Test func theClassifierTakesTheLastTokenThatIsNotPadding() throws {
    var configuration = try GenerationGolden().model().configuration
    configuration.objective = .classification
    let model = try ModelRegistry.make(configuration)
    let pass = Pass(
      parameters: ParameterTree(
        try model.tensors.map { ($0.name, try Tensor(Formula.values($0.name, $0.shape))) }))
    let alone = try model.logits(tokens(ids), pass).floats()
    let padded = try model.logits(.tokens([ids, ids + ids], padding: 5), pass).floats()
    #expect(difference(Array(padded.prefix(2)), alone, absolute: 1e-5) == nil)
    // The written config.json names a padding token, without which transformers takes no batch.
    let written = try ModelConfiguration(folderConfiguration: configuration.folderConfiguration())
    #expect(written.settings["pad_token_id"]?.integer == 7)
  }

  @Test func nothingIsLostWithoutALabel() throws {
    let (model, pass) = try opened()
    let none = [[Int32](repeating: ignoredLabel, count: 8)]
    for labels in [none, [ids], [[Int32]](repeating: ids, count: 2), [ids.dropLast() + [100]]] {
      if labels == [ids] {
        #expect(try model.languageModelLoss(tokens(ids), labels: labels, pass).isFinite)
        continue
      }
      let error = #expect(throws: TributaryError.self) {
        try model.languageModelLoss(tokens(ids), labels: labels, pass)
      }
      #expect(error?.code == "model.input")
    }
  }

  @Test(arguments: [
    #""n_head": 5"#, #""scale_attn_weights": false"#, #""add_cross_attention": true"#,
    #""tie_word_embeddings": false"#, #""activation_function": "other""#, #""attn_pdrop": 1"#,
  ])
  func refusesVariantsThatItIsNot(entry: String) throws {
    let text = #"{"model_type": "gpt2", \#(entry)}"#
    let configuration = try ModelConfiguration(
      folderConfiguration: Bytes(copying: Array(text.utf8)))
    let error = #expect(throws: TributaryError.self) { try ModelRegistry.make(configuration) }
    #expect(error?.code == "model.configuration")
  }
}

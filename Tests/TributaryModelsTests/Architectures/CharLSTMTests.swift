import Testing
import TributaryCore
import TributaryNN
import TributaryStorage
import TributaryTensor
import TributaryTestKit

@testable import TributaryModels

@Suite struct CharLSTMTests {
  private func loaded() throws -> LoadedModel {
    let model = try ModelRegistry.make(
      ModelConfiguration(
        architecture: "char-lstm", classes: 97,
        settings: .object([("hidden_size", .integer(16))])))
    return LoadedModel(
      model: model,
      tensors: ParameterTree(model.tensors.map { ($0.name, Formula.values($0.name, $0.shape)) }),
      assets: [:], freshTensors: [])
  }

  @Test func theStatesGiveWhatTheWholeTextGives() throws {
    let loaded = try loaded()
    let model = try #require(loaded.model as? any CausalLanguageModel)
    let pass = Pass(parameters: try loaded.tensors.mapValues { try Tensor($0) })
    let ids = try loaded.tokenizer().encode("What comes next?", maximumTokens: 100)
    let whole = try model.hiddenStates(.tokens([ids], multiple: 1), pass).floats()
    let cache = KeyValueCache()
    var found: [Float] = []
    for piece in [ids[0..<3], ids[3..<4], ids[4..<16]] {
      let x = Tensor(Array(piece), shape: [1, piece.count])
      found += try model.hiddenStates(x, cache: cache, pass).floats()
    }
    #expect(difference(found, whole, absolute: 1e-6) == nil)
  }

  /// Each character as the whole text up to it says, without states.
  @Test func continuesATextByItsLikeliestCharacters() throws {
    let loaded = try loaded()
    let model = try #require(loaded.model as? any CausalLanguageModel)
    let generator = try TextGenerator(loaded)
    let tokenizer = try loaded.tokenizer()
    #expect(generator.beginning == tokenizer.encode("\n", maximumTokens: 1))
    let prompt = tokenizer.encode("ROMEO:", maximumTokens: 100)
    let found = try generator.tokens(
      after: prompt, maximum: 12, sampler: .greedy, key: RandomKey(seed: 1))
    let pass = Pass(parameters: try loaded.tensors.mapValues { try Tensor($0) })
    var all = prompt
    for _ in 0..<12 {
      let logits = try model.languageModelLogits(.tokens([all], multiple: 1), pass).floats()
      let last = logits.suffix(97)
      let best = try #require(last.indices.max { last[$0] < last[$1] })
      all.append(Int32(best - last.startIndex))
    }
    #expect(found == Array(all[prompt.count...]))
    #expect(tokenizer.decode(tokenizer.encode("a\u{7}b", maximumTokens: 9)) == "ab")
  }

  @Test func withoutAListOfCharactersThereIsNoTokenizer() throws {
    let model = try ModelRegistry.make(ModelConfiguration(architecture: "char-lstm", classes: 5))
    let loaded = LoadedModel(
      model: model, tensors: model.initialTensors(key: RandomKey(seed: 0)), assets: [:],
      freshTensors: [])
    let error = #expect(throws: TributaryError.self) { try loaded.tokenizer() }
    #expect(error?.code == "tokenizer.missing")
  }
}

import Testing
import TributaryCore
import TributaryStorage

@testable import TributaryModels

@Suite struct TextGeneratorTests {
  private let key = RandomKey(seed: 11)

  @Test func givesTheTokensThatTransformersGenerates() throws {
    let golden = try GenerationGolden()
    let generator = try TextGenerator(golden.model())
    let cases = try golden.list("greedy")
    #expect(cases.count == 5)
    for test in cases {
      let sampler = try TokenSampler(
        temperature: 0, repetitionPenalty: Float(try #require(test["penalty"]?.double)))
      let tokens = try generator.tokens(
        after: try #require(test["prompt"]).tokens, maximum: 30, sampler: sampler, key: key)
      #expect(tokens == test["tokens"]?.tokens)
    }
  }

  @Test func stopsAtTheEndTokenAndAtTheModelsPositions() throws {
    let golden = try GenerationGolden()
    let test = try golden.list("greedy")[0]
    let expected = try #require(test["tokens"]).tokens
    let end = try #require(expected.dropFirst(3).first { $0 != expected[0] })
    let generator = try TextGenerator(golden.model(end: Int(end)))
    let prompt = try #require(test["prompt"]).tokens
    let tokens = try generator.tokens(after: prompt, maximum: 30, sampler: .greedy, key: key)
    #expect(tokens == Array(expected.prefix(through: try #require(expected.firstIndex(of: end)))))
    // 48 positions.
    let all = try TextGenerator(golden.model()).tokens(
      after: prompt, maximum: 1000, sampler: .greedy, key: key)
    #expect(all.count == 45)
    var heard: [Int32] = []
    let two = try generator.tokens(after: prompt, maximum: 9, sampler: .greedy, key: key) {
      heard.append($0)
      return heard.count < 2
    }
    #expect(two == Array(expected.prefix(2)) && heard == two)
  }

  @Test func theSameKeyGivesTheSameText() throws {
    let generator = try TextGenerator(GenerationGolden().model())
    func tokens(_ seed: UInt64, maximum: Int = 20) throws -> [Int32] {
      try generator.tokens(
        after: [1, 2], maximum: maximum, sampler: TokenSampler(temperature: 1.5, topP: 0.95),
        key: RandomKey(seed: seed))
    }
    #expect(try tokens(1) == tokens(1))
    #expect(try tokens(1) != tokens(2))
    #expect(try tokens(1, maximum: 5) == Array(tokens(1).prefix(5)))
  }

  @Test func refusesWhatCannotBeContinued() throws {
    let generator = try TextGenerator(GenerationGolden().model())
    for prompt in [[], [100], [-1], [Int32](repeating: 1, count: 49)] as [[Int32]] {
      let error = #expect(throws: TributaryError.self) {
        try generator.tokens(after: prompt, maximum: 3, sampler: .greedy, key: key)
      }
      #expect(error?.code == "generation.prompt")
    }
    let bert = try #require(ModelCase.all.first { $0.name == "bert-lm" })
    let model = try ModelRegistry.make(bert.configuration)
    let loaded = LoadedModel(
      model: model, tensors: model.initialTensors(key: key), assets: [:], freshTensors: [])
    let error = #expect(throws: TributaryError.self) { try TextGenerator(loaded) }
    #expect(error?.code == "generation.model")
  }
}

import Testing
import TributaryCore
import TributaryStorage

@testable import TributaryModels

@Suite struct TokenSamplerTests {
  @Test func leavesTheProbabilitiesThatTransformersLeaves() throws {
    let cases = try GenerationGolden().list("warped")
    #expect(cases.count == 9)
    for (index, test) in cases.enumerated() {
      let sampler = try TokenSampler(
        temperature: Float(try #require(test["temperature"]?.double)),
        topK: test["topK"]?.integer, topP: test["topP"]?.double.map { Float($0) },
        repetitionPenalty: Float(try #require(test["penalty"]?.double)))
      let found = sampler.probabilities(
        scores: try #require(test["scores"]).floats, previous: try #require(test["previous"]).tokens
      )
      let expected = try #require(test["probabilities"]?.array).compactMap(\.double)
      #expect(found.count == expected.count)
      for (left, right) in zip(found, expected) {
        #expect((left == 0) == (right == 0), "case \(index)")
        #expect((left - right).magnitude < 1e-6, "case \(index)")
      }
    }
  }

  @Test func drawsAsOftenAsTheProbabilitiesSay() throws {
    let sampler = try TokenSampler(temperature: 0.9, topK: 4)
    let scores: [Float] = [0, 1, 2, 0.5, -3, 1.5]
    let expected = sampler.probabilities(scores: scores)
    var counts = [Double](repeating: 0, count: scores.count)
    for draw in 0..<20_000 {
      let key = RandomKey(seed: 5).at(draw)
      counts[Int(sampler.token(scores: scores, previous: [], key: key))] += 1
    }
    for (count, probability) in zip(counts, expected) {
      // Five standard deviations.
      let allowed = 5 * (20_000 * probability * (1 - probability)).squareRoot()
      #expect((count - 20_000 * probability).magnitude <= allowed)
    }
  }

  @Test func greedyTakesTheLikeliestWhateverTheKey() throws {
    for seed in 0..<10 {
      let key = RandomKey(seed: UInt64(seed))
      #expect(TokenSampler.greedy.token(scores: [1, 3, 2, 3], previous: [], key: key) == 1)
    }
    #expect(TokenSampler.greedy.probabilities(scores: [1, 3, 2, 3]) == [0, 1, 0, 0])
    let penalised = try TokenSampler(temperature: 0, repetitionPenalty: 2)
    #expect(penalised.token(scores: [1, 3, 2], previous: [1], key: RandomKey(seed: 0)) == 2)
  }

  @Test func refusesImpossibleSettings() {
    for make in [
      { try TokenSampler(temperature: -1) }, { try TokenSampler(temperature: .nan) },
      { try TokenSampler(topK: 0) }, { try TokenSampler(topP: 0) }, { try TokenSampler(topP: 1.1) },
      { try TokenSampler(repetitionPenalty: 0) },
    ] as [() throws -> TokenSampler] {
      let error = #expect(throws: TributaryError.self) { try make() }
      #expect(error?.code == "generation.setting")
    }
  }
}

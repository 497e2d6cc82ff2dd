import Foundation
import Testing
import TributaryCore
import TributaryTensor
import TributaryTestKit

@testable import TributaryPlan
@testable import TributaryTransfer

@Suite struct EpisodePoolTests {
  /// As cluster/experiments/omniglot/random_key.py draws them.
  private struct Draw: Decodable {
    var seed: UInt64
    var support, queries: [[Int]]
    var batches: [[[Int]]]
  }

  @Test func drawsWhatThePythonScriptDraws() throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: Golden.path("episodes.json")))
    let pool = try EpisodeFixture().learner.pool
    let loop = InnerLoop(EpisodesPlan(innerSteps: 4, innerBatchSize: 4))
    for draw in try JSONDecoder().decode([Draw].self, from: data) {
      let key = RandomKey(seed: draw.seed).at("episodes").at(7)
      let episode = try pool.episode(ways: 5, shots: 2, queries: 3, key: key)
      #expect(numbers(episode.support) == draw.support)
      #expect(numbers(episode.queries) == draw.queries)
      let batches = loop.batches(of: episode.support, key: key.at("task"))
      #expect(batches.map(numbers) == draw.batches)
    }
  }

  private func numbers(_ rows: [EpisodeRow]) -> [[Int]] {
    rows.map { [$0.position, $0.turn, $0.label] }
  }

  @Test func supportAndQueriesShareNoExample() throws {
    let pool = try EpisodeFixture().learner.pool
    for index in 0..<20 {
      let episode = try pool.episode(
        ways: 4, shots: 3, queries: 3, key: RandomKey(seed: 9).at(index))
      let all = (episode.support + episode.queries).map { [$0.position, $0.turn] }
      #expect(Set(all).count == 24)
      for rows in [episode.support, episode.queries] {
        #expect((0..<4).allSatisfy { label in rows.count { $0.label == label } == 3 })
      }
    }
  }

  @Test func tooFewExamplesAreRefused() throws {
    let pool = try EpisodeFixture().learner.pool
    for (ways, shots) in [(13, 2), (3, 5)] {
      let error = #expect(throws: TributaryError.self) {
        try pool.episode(ways: ways, shots: shots, queries: 2, key: RandomKey(seed: 1))
      }
      #expect(error?.code == "data.episodes")
    }
  }

  @Test func turnsAreNumPys() {
    let image = Tensor((0..<9).map { Float($0) }, shape: [1, 1, 3, 3])
    let all = Tensor.concatenated([Tensor](repeating: image, count: 4), axis: 0)
    let expected: [Float] =
      [0, 1, 2, 3, 4, 5, 6, 7, 8] + [2, 5, 8, 1, 4, 7, 0, 3, 6] + [8, 7, 6, 5, 4, 3, 2, 1, 0]
      + [6, 3, 0, 7, 4, 1, 8, 5, 2]
    #expect(all.turned([0, 1, 2, 3]).floats() == expected)
  }
}

import Testing

@testable import TributaryTransfer

@Suite struct RankingAreaTests {
  /// scikit-learn 1.5, roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) and one with ties.
  @Test func asScikitLearn() {
    #expect(
      RankingArea.area(scores: [0.1, 0.4, 0.35, 0.8], isPositive: [false, false, true, true])
        == 0.75)
    #expect(
      RankingArea.area(scores: [0.5, 0.5, 0.2, 0.5], isPositive: [true, false, false, true]) == 0.75
    )
    #expect(RankingArea.area(scores: [0.1, 0.2], isPositive: [true, true]) == nil)
  }

  /// By its definition: of all pairs, the share in which the positive scores higher.
  @Test func severalClassesByCountingPairs() throws {
    let rows: [[Float]] = [[0.7, 0.2, 0.1], [0.3, 0.4, 0.3], [0.2, 0.2, 0.6], [0.5, 0.3, 0.2]]
    let labels = [0, 1, 2, 1]
    let byPairs = (0..<3).map { label -> Double in
      var (wins, pairs) = (0.0, 0.0)
      for (row, own) in zip(rows, labels) where own == label {
        for (other, theirs) in zip(rows, labels) where theirs != label {
          pairs += 1
          wins += row[label] > other[label] ? 1 : row[label] == other[label] ? 0.5 : 0
        }
      }
      return wins / pairs
    }
    let area = try #require(RankingArea.area(probabilities: rows, labels: labels, classes: 3))
    #expect(abs(area - byPairs.reduce(0, +) / 3) < 1e-12)
  }
}

import Foundation
import Testing
import TributaryCore
import TributaryTensor

@testable import TributaryFeatures

@Suite struct TrAdaBoostTests {
  /// A learner that notes the weights it is given and is wrong about the rows it is told to be.
  private final class Scripted {
    var seen: [[Double]] = []
    var wrong: [Set<Int>]
    init(_ wrong: [Set<Int>]) { self.wrong = wrong }

    func learn(_ labels: [Int], _ weights: [Double]) -> TrAdaBoost.Classifier {
      seen.append(weights)
      let mistakes = wrong[seen.count - 1]
      return { examples in
        (0..<examples.rows).map { row in
          let label = labels[row % labels.count]
          return mistakes.contains(row) ? 1 - label : label
        }
      }
    }
  }

  /// Four source and two target examples, two iterations, followed by hand.
  @Test func weightsMoveAsInThePaper() {
    let learner = Scripted([[0, 4], [1]])
    let labels = [0, 1, 0, 1, 0, 1]
    let found = TrAdaBoost(iterations: 2).fit(
      source: Matrix(rows: 4, columns: 1), target: Matrix(rows: 2, columns: 1), labels: labels,
      classes: 2
    ) { learner.learn($1, $2) }
    let beta = 1 / (1 + Foundation.log(4.0).squareRoot())
    // Of the target's two equal weights one is wrong: half, cut to 0.499.
    let odds = 0.499 / 0.501
    var weights = [beta, 1, 1, 1, 1 / odds, 1]
    let mean = weights.reduce(0, +) / 6
    weights = weights.map { $0 / mean }
    #expect(zip(learner.seen[1], weights).allSatisfy { abs($0 - $1) < 1e-12 })
    // Then the target is right, and only a source example loses.
    #expect(found.weights[1] / found.weights[2] < beta * 1.000001)
    #expect(abs(found.weights[4] / found.weights[5] - weights[4] / weights[5]) < 1e-12)
    // Only the second one votes.
    #expect(found.classifier(Matrix(rows: 6, columns: 1)) == [0, 0, 0, 1, 0, 1])
  }

  /// Most of the source has classes that depend on another axis than the target's.
  @Test func helpsAgainstASourceThatMisleads() throws {
    var random = RandomKey(seed: 12).generator
    func examples(_ count: Int, axis: Int) -> (Matrix, [Int]) {
      let labels = (0..<count).map { $0 % 2 }
      let values = labels.flatMap { label -> [Double] in
        var point = [random.uniformDouble() * 2 - 1, random.uniformDouble() * 2 - 1]
        point[axis] = abs(point[axis]) * (label == 1 ? 1 : -1) * (axis == 1 ? 3 : 1)
        return point
      }
      return (Matrix(values, rows: count, columns: 2), labels)
    }
    var accuracies = (none: 0.0, boosting: 0.0)
    for _ in 0..<10 {
      let ((good, goodLabels), (bad, badLabels)) = (
        examples(40, axis: 0), examples(60, axis: 1)
      )
      let ((few, fewLabels), (test, truth)) = (examples(8, axis: 0), examples(200, axis: 0))
      func accuracy(_ method: DomainAlignment.Method) throws -> Double {
        var alignment = DomainAlignment(method: method, classifier: .ridge)
        alignment.l2 = 0.1
        let found = try alignment.predictions(
          source: good.stacked(on: bad), labels: goodLabels + badLabels, classes: 2, target: test,
          labelled: .init(features: few, labels: fewLabels))
        return Double(zip(found, truth).count { $0 == $1 }) / 200
      }
      accuracies.none += try accuracy(.none) / 10
      accuracies.boosting += try accuracy(.boosting) / 10
    }
    #expect(accuracies.boosting > accuracies.none + 0.03, "\(accuracies)")
  }

  @Test func withoutLabelledExamplesItIsRefused() {
    let source = Matrix([0, 1], rows: 2, columns: 1)
    #expect(throws: TributaryError.self) {
      try DomainAlignment(method: .boosting, classifier: .ridge).predictions(
        source: source, labels: [0, 1], classes: 2, target: source)
    }
  }
}

import Testing
import TributaryTransfer

@Suite struct ConfusionMatrixTests {
  /// Expected values from scikit-learn 1.9: `classification_report(y_true, y_pred, zero_division=0)`
  /// for y_true = [0,0,0,0,1,1,1,2,2,2], y_pred = [0,0,1,0,1,1,0,2,1,0].
  @Test func figuresAreScikitLearns() {
    var matrix = ConfusionMatrix(classes: 3)
    let truth = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2]
    let predictions = [0, 0, 1, 0, 1, 1, 0, 2, 1, 0]
    for (label, prediction) in zip(truth, predictions) {
      matrix.add(label: label, prediction: prediction)
    }
    #expect(matrix.counts == [[3, 1, 0], [1, 2, 0], [1, 1, 1]])
    #expect(matrix.accuracy == 0.6)
    #expect(abs(matrix.precision(of: 0) - 0.6) < 1e-12)
    #expect(abs(matrix.recall(of: 0) - 0.75) < 1e-12)
    #expect(abs(matrix.f1(of: 0) - 2.0 / 3) < 1e-12)
    #expect(abs(matrix.f1(of: 1) - 4.0 / 7) < 1e-12)
    #expect(abs(matrix.f1(of: 2) - 0.5) < 1e-12)
    #expect(abs(matrix.macroF1 - (2.0 / 3 + 4.0 / 7 + 0.5) / 3) < 1e-12)
  }

  @Test func emptyClassesCountAsZero() {
    var matrix = ConfusionMatrix(classes: 2)
    matrix.add(label: 0, prediction: 0)
    #expect(matrix.precision(of: 1) == 0 && matrix.recall(of: 1) == 0 && matrix.f1(of: 1) == 0)
    #expect(matrix.macroF1 == 0.5)
    #expect(ConfusionMatrix(classes: 3).accuracy == 0)
  }
}

import Testing

@testable import TributaryTransfer

@Suite struct CalibrationErrorTests {
  @Test func binsWeighByTheirExamples() {
    var error = CalibrationError(bins: 2)
    #expect(error.value == 0)
    // Bin (0.5, 1]: mean confidence 0.8, half right: 0.3; bin (0, 0.5]: 0.4, all right: 0.6.
    error.add(confidence: 0.9, isCorrect: true)
    error.add(confidence: 0.7, isCorrect: false)
    error.add(confidence: 0.5, isCorrect: true)
    error.add(confidence: 0.3, isCorrect: true)
    #expect(abs(error.value - (0.5 * 0.3 + 0.5 * 0.6)) < 1e-12)
  }

  @Test func certainAndRightIsNoError() {
    var error = CalibrationError()
    for _ in 0..<7 { error.add(confidence: 1, isCorrect: true) }
    #expect(error.value == 0)
  }
}

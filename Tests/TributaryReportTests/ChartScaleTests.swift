import Testing
@testable import TributaryReport

@Suite struct ChartScaleTests {
  @Test(arguments: [
    ([0.12, 0.93], 0.0, 1.0, 0.2), ([0, 100], 0, 100, 20), ([2.31, 2.34], 2.31, 2.34, 0.01),
    ([-3, 7], -4, 8, 2), ([5], 2, 8, 2), ([0], -0.6, 0.6, 0.2), ([1e-9, 3e-9], 1e-9, 3e-9, 5e-10),
  ])
  func roundSpans(_ values: [Double], _ lower: Double, _ upper: Double, _ step: Double) {
    let scale = ChartScale(around: values)
    #expect(abs(scale.lower - lower) < step / 1e6 && abs(scale.upper - upper) < step / 1e6)
    #expect(abs(scale.step - step) < step / 1e6)
    for value in values { #expect((-1e-6...(1 + 1e-6)).contains(scale.fraction(value))) }
  }

  @Test func ticksLieWithin() {
    let scale = ChartScale(around: [0.12, 0.93])
    #expect(scale.ticks.map(scale.label) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(ChartScale(around: [0, 100]).ticks.map { Int($0) } == [0, 20, 40, 60, 80, 100])
  }

  @Test(arguments: [
    [1e308, -1e308], [0, 1e-305], [1e300, 1e300], [1e16, 1e16 + 2], [-1.7e308], [],
  ])
  func extremesHaveTicksToo(_ values: [Double]) {
    let scale = ChartScale(around: values)
    #expect(scale.upper > scale.lower && (1..<20).contains(scale.ticks.count))
  }

  @Test(arguments: [1, 2, 3, 10, 57, 1000, 100_000])
  func roundsAreWhole(_ count: Int) {
    let ticks = ChartScale(rounds: count).ticks
    #expect(!ticks.isEmpty && ticks.count <= 12)
    #expect(ticks.allSatisfy { $0 == $0.rounded() && $0 >= 1 && $0 <= Double(max(2, count)) })
  }
}

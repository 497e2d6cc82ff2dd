import Testing
@testable import TributaryReport

@Suite struct ChartTests {
  private func curve(_ points: [(round: Int, value: Double)], run: Int = 0) -> Chart.Curve {
    Chart.Curve(run: run, label: "a & b", dash: .dashed, points: points)
  }

  @Test func pointsLieWhereTheirNumbersSay() throws {
    // 0...1 on the axis: the plot is 486 wide from 62 and 272 high from 14.
    let chart = Chart(title: "t", curves: [curve([(1, 0), (2, 1), (3, 0.5)])])
    let text = try #require(chart.markup?.text)
    #expect(text.contains("points=\"62.00,286.00 305.00,14.00 548.00,150.00\""))
    #expect(text.contains("<title>a &amp; b, round 3: 0.5</title>"))
    #expect(text.contains("stroke-dasharray=\"7 4\""))
  }

  @Test func runsHaveTheirOwnColours() throws {
    let chart = Chart(title: "t", curves: (0..<3).map { curve([(1, 0.5)], run: $0) })
    let text = try #require(chart.markup?.text)
    for run in 0..<3 {
      #expect(text.contains("<g class=\"run-\(run)\">") && text.contains(Chart.color(run)))
    }
    #expect(Set((0..<40).map(Chart.color)).count == 40)
  }

  @Test func longCurvesHaveNoMarks() throws {
    let points = (1...500).map { (round: $0, value: Double($0)) }
    let text = try #require(Chart(title: "t", curves: [curve(points)]).markup?.text)
    #expect(!text.contains("<circle") && text.contains("<polyline"))
  }

  @Test func nothingToDraw() { #expect(Chart(title: "t", curves: []).markup == nil) }
}

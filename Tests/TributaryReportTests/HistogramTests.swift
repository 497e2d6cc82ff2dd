import Testing
@testable import TributaryReport

@Suite struct HistogramTests {
  @Test func binsAreTwentieths() {
    let counts = Histogram(title: "t", values: [0, 0.049, 0.05, 0.5, 0.99, 1, 1.5, -3], run: 0)
      .counts
    #expect(counts.count == 20 && counts[0] == 3 && counts[1] == 1 && counts[10] == 1)
    #expect(counts[19] == 3 && counts.reduce(0, +) == 8)
  }

  @Test func theTallestBarFillsTheDrawing() throws {
    let histogram = Histogram(title: "a & b", values: [0.1, 0.11, 0.9], run: 2)
    let text = try #require(histogram.markup?.text)
    #expect(text.contains("height=\"178.00\"") && text.contains("height=\"89.00\""))
    #expect(text.contains("<title>2 clients from 0.10 to 0.15</title>"))
    #expect(text.contains(Chart.color(2)) && text.contains("a &amp; b"))
  }

  @Test func nothingToDraw() { #expect(Histogram(title: "t", values: [], run: 0).markup == nil) }
}

import Testing
import TributarySimulation

@Suite struct SweepFigureTests {
  @Test func meanAndSampleDeviation() throws {
    // By hand: mean 5, squares 9 1 1 1 0 0 4 16, 32 / 7.
    let figure = try #require(SweepFigure([2, 4, 4, 4, 5, 5, 7, 9]))
    #expect(figure.mean == 5 && figure.count == 8)
    #expect(abs((figure.deviation ?? 0) - 2.138089935299395) < 1e-15)
  }

  @Test func fewValues() {
    #expect(SweepFigure([]) == nil)
    #expect(SweepFigure([.nan, .infinity]) == nil)
    #expect(SweepFigure([3, .nan])?.count == 1)
    #expect(SweepFigure([3])?.deviation == nil)
    #expect(SweepFigure([3, 3])?.deviation == 0)
  }
}

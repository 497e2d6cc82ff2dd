import Testing
import TributaryCore

@testable import TributaryStorage

@Suite struct WeightsComparisonTests {
  private func tensor(_ values: Float...) -> HostTensor {
    HostTensor(values, shape: [values.count])
  }

  @Test func saysHowTensorsDiffer() {
    let comparison = WeightsComparison(
      ["a": tensor(1, 2), "b": tensor(4, -8), "c": tensor(1), "d": tensor(1), "n": tensor(.nan)],
      ["a": tensor(1, 2), "b": tensor(5, -8), "c": tensor(1, 1), "e": tensor(1), "n": tensor(0)])
    #expect(!comparison.isEqual)
    #expect(comparison.rows.map(\.name) == ["a", "b", "c", "d", "e", "n"])
    #expect(
      comparison.rows.map(\.verdict)
        == [.equal, .different, .shape, .surplus, .missing, .different])
    #expect(comparison.rows[0].maximumAbsolute == 0)
    #expect(comparison.rows[1].maximumAbsolute == 1 && comparison.rows[1].maximumRelative == 0.2)
    #expect(comparison.rows[2].maximumAbsolute == nil)
    #expect(comparison.rows[5].maximumAbsolute == .infinity)
  }

  @Test func comparesValuesOfOtherTypes() throws {
    let half = try tensor(1, 0.1).cast(to: .float16, name: "x")
    let comparison = WeightsComparison(["x": tensor(1, 0.1)], ["x": half])
    #expect(comparison.rows[0].verdict == .different)
    let relative = try #require(comparison.rows[0].maximumRelative)
    #expect(relative > 0 && relative < 0x1p-11)
    #expect(WeightsComparison(["x": half], ["x": half]).isEqual)
  }
}

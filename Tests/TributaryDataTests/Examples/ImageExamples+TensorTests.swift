import Testing
import TributaryCore
import TributaryTensor

@testable import TributaryData

@Suite struct ImageExamplesTensorTests {
  private func isClose(_ found: [Float], _ expected: [Float]) -> Bool {
    found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 }
  }

  @Test func aBatchIsATensor() throws {
    let images = try ImageExamples(
      shape: [1, 2, 2], pixels: Bytes(copying: (0..<12).map { UInt8($0 * 20) }))
    let batch = images.normalized([2, 0], mean: [0.5], standardDeviation: [0.25])
    #expect(batch.shape == [2, 1, 2, 2])
    let expected = [8, 9, 10, 11, 0, 1, 2, 3].map { (Float($0 * 20) / 255 - 0.5) / 0.25 }
    #expect(isClose(batch.floats(), expected))
  }

  @Test func normalizesByChannel() throws {
    let images = try ImageExamples(
      shape: [2, 1, 3], pixels: Bytes(copying: (0..<24).map { UInt8($0 * 10) }))
    let batch = images.normalized([3, 1], mean: [0.5, 0.25], standardDeviation: [0.25, 2])
    let expected = [18..<24, 6..<12].flatMap { range in
      range.enumerated().map { offset, pixel in
        let scaled = Float(pixel * 10) / 255
        return offset < 3 ? (scaled - 0.5) / 0.25 : (scaled - 0.25) / 2
      }
    }
    #expect(isClose(batch.floats(), expected))
  }
}

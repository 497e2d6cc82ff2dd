import Testing
import TributaryCore
import TributaryTensor

@testable import TributaryData

@Suite struct ImageExamplesTensorTests {
  @Test func aBatchIsATensor() throws {
    let images = try ImageExamples(
      shape: [1, 2, 2], pixels: Bytes(copying: (0..<12).map { UInt8($0 * 20) }))
    let batch = images.normalized([2, 0], mean: [0.5], standardDeviation: [0.25])
    #expect(batch.shape == [2, 1, 2, 2])
    let expected = [8, 9, 10, 11, 0, 1, 2, 3].map { (Float($0 * 20) / 255 - 0.5) / 0.25 }
    #expect(batch.floats() == expected)
  }
}

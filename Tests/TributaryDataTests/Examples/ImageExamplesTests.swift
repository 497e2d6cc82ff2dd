import Testing
import TributaryCore

@testable import TributaryData

@Suite struct ImageExamplesTests {
  private func images() throws -> ImageExamples {
    try ImageExamples(
      shape: [2, 1, 3], pixels: Bytes(copying: (0..<24).map { UInt8($0 * 10) }))
  }

  @Test func subsetKeepsOrderAndRepeats() throws {
    let images = try images()
    #expect(images.count == 4)
    let subset = images.subset([2, 0, 2])
    let expected = [12..<18, 0..<6, 12..<18].flatMap { $0.map { UInt8($0 * 10) } }
    #expect(subset.pixels.array(of: UInt8.self) == expected)
    #expect(subset.count == 3)
    #expect(images.subset([0, 1, 2, 3]) == images)
    #expect(images.subset([]).count == 0)
  }

  @Test func greyAndColour() throws {
    let source = planar(try GoldenFile.bytes("rgb.png.rgb"))
    let colour = try ImageExamples(shape: [3, 19, 23], pixels: Bytes(copying: source))
    let grey = try colour.converted(toChannels: 1)
    #expect(grey.pixels.array(of: UInt8.self) == (try GoldenFile.bytes("luma.grey")))
    let back = try grey.converted(toChannels: 3)
    #expect(back.shape == [3, 19, 23])
    #expect(try back.converted(toChannels: 1) == grey)
    #expect(throws: TributaryError.self) { try images().converted(toChannels: 3) }
  }

  @Test func refusesPartsOfImages() {
    #expect(throws: TributaryError.self) {
      try ImageExamples(shape: [1, 2, 2], pixels: Bytes(copying: [UInt8](repeating: 0, count: 7)))
    }
    #expect(throws: TributaryError.self) { try ImageExamples(shape: [1, 0, 2], pixels: .empty) }
  }
}

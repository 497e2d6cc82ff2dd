import Testing
import TributaryCore

@testable import TributaryData

@Suite struct ResamplerTests {
  @Test(arguments: [
    (19, 23, 0), (8, 8, 0), (40, 5, 0), (38, 46, 0), (1, 1, 0), (19, 9, 0), (50, 23, 0),
    // Columns first in Pillow 13: rounded in the other order.
    (7, 30, 1),
  ])
  func resizesAsPillow(_ height: Int, _ width: Int, _ tolerance: Int) throws {
    let source = planar(try GoldenFile.bytes("rgb.png.rgb"))
    let images = try ImageExamples(shape: [3, 19, 23], pixels: Bytes(copying: source))
    let resized = images.resized(height: height, width: width)
    #expect(resized.shape == [3, height, width])
    let expected = planar(try GoldenFile.bytes("resized-\(height)x\(width).rgb"))
    let pixels = resized.pixels.array(of: UInt8.self)
    #expect(pixels.count == expected.count)
    #expect(zip(pixels, expected).allSatisfy { abs(Int($0) - Int($1)) <= tolerance })
  }

  @Test func everyImageAndChannelIsResizedByItself() throws {
    let black = [UInt8](repeating: 0, count: 6)
    let white = [UInt8](repeating: 255, count: 6)
    let images = try ImageExamples(
      shape: [2, 2, 3], pixels: Bytes(copying: black + white + white + black))
    let resized = images.resized(height: 5, width: 1).pixels.array(of: UInt8.self)
    #expect(
      resized == [0, 255, 255, 0].flatMap { [UInt8](repeating: UInt8($0), count: 5) })
  }
}

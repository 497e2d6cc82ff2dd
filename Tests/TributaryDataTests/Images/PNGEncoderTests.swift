import Testing
import TributaryCore

@testable import TributaryData

@Suite struct PNGEncoderTests {
  @Test(arguments: [(1, 1), (3, 5), (40, 17)]) func comesBackAsItWas(_ height: Int, _ width: Int)
    throws
  {
    var stream = RandomKey(seed: 2).at(height).generator
    let pixels = (0..<height * width * 3).map { _ in UInt8(stream.below(256)) }
    let file = try PNGEncoder.encode(height: height, width: width, pixels: pixels)
    #expect(file.array(of: UInt8.self).prefix(4) == [0x89, 0x50, 0x4e, 0x47])
    let image = try PNGDecoder.decode(file, "a.png")
    let planes = image.planes.array(of: UInt8.self)
    #expect(image.height == height && image.width == width)
    for index in 0..<height * width {
      for channel in 0..<3 {
        #expect(planes[channel * height * width + index] == pixels[index * 3 + channel])
      }
    }
  }
}

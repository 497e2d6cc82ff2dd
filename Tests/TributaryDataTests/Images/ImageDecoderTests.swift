import Testing
import TributaryCore

@testable import TributaryData

/// Pixel by pixel against Pillow; see Golden/generate_images.py.
@Suite struct ImageDecoderTests {
  @Test(arguments: [
    ("rgb.png", 0), ("rgba.png", 0), ("grey.png", 0), ("bilevel.png", 0), ("palette.png", 0),
    ("rgb16.png", 0), ("grey16.png", 0), ("baseline.jpg", 2), ("progressive.jpg", 2),
    ("grey.jpg", 2), ("full.jpg", 2),
  ])
  func decodesAsPillow(_ name: String, _ tolerance: Int) throws {
    let image = try ImageDecoder.decode(GoldenFile.path(name))
    #expect(image.height == 19 && image.width == 23)
    let planes = image.planes.array(of: UInt8.self)
    let expected = planar(try GoldenFile.bytes(name + ".rgb"))
    let worst = zip(planes, expected).map { abs(Int($0) - Int($1)) }.max()
    #expect(planes.count == expected.count)
    #expect(worst ?? .max <= tolerance)
  }

  @Test func refusesWhatItCannotDecode() throws {
    let folder = try TemporaryFolder()
    let text = try folder.write("a.png", "no image")
    let header = try folder.write("b.png", Array(try GoldenFile.bytes("rgb.png").prefix(20)))
    let huge = try folder.write("c.png", try bomb())
    let path = GoldenFile.path("")
    #expect(
      message(in: folder) { _ = try ImageDecoder.decode(text) }
        == "a.png: neither a PNG nor a JPEG file")
    #expect(
      message(in: folder) { _ = try ImageDecoder.decode(header) }.hasPrefix("b.png: broken PNG: "))
    #expect(message(in: folder) { _ = try ImageDecoder.decode(huge) }.contains("too many"))
    #expect(
      message { _ = try ImageDecoder.decode(path + "cmyk.jpg") }
        .hasSuffix("cmyk.jpg: a CMYK JPEG; convert it to RGB"))
    #expect(
      message { _ = try ImageDecoder.decode(path + "truncated.jpg") }.contains("broken JPEG: "))
    #expect(
      message { _ = try ImageDecoder.decode(path + "truncated.png") }.contains("broken PNG: "))
  }

  /// A header of 900,000 x 900,000 pixels.
  private func bomb() throws -> [UInt8] {
    var bytes = try GoldenFile.bytes("rgb.png")
    for (offset, value) in [0x00, 0x0d, 0xbb, 0xa0, 0x00, 0x0d, 0xbb, 0xa0].enumerated() {
      bytes[16 + offset] = UInt8(value)
    }
    // The header's checksum must fit, or libpng refuses it for that.
    let crc = crc32(Array(bytes[12..<29]))
    for (offset, shift) in [24, 16, 8, 0].enumerated() {
      bytes[29 + offset] = UInt8(truncatingIfNeeded: crc >> UInt32(shift))
    }
    return bytes
  }

  private func crc32(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = 0xffff_ffff
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
    return ~crc
  }
}

/// `[height, width, 3]` to `[3, height, width]`.
func planar(_ interleaved: [UInt8]) -> [UInt8] {
  (0..<3).flatMap { channel in
    stride(from: channel, to: interleaved.count, by: 3).map { interleaved[$0] }
  }
}

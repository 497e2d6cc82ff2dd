internal import TributaryCore

/// One decoded image: uint8 `[3, height, width]`, red, green, blue.
struct DecodedImage {
  var height: Int
  var width: Int
  var planes: Bytes

  /// - Parameter stride: bytes a pixel takes in `interleaved`, of which the first three are taken.
  init(height: Int, width: Int, interleaved: UnsafeRawBufferPointer, stride: Int) {
    self.height = height
    self.width = width
    let plane = height * width
    planes = Bytes(count: 3 * plane) { target in
      for pixel in 0..<plane {
        for channel in 0..<3 {
          target[channel * plane + pixel] = interleaved[pixel * stride + channel]
        }
      }
    }
  }

  func fitted(height: Int, width: Int, _ resize: ImageResize) -> DecodedImage {
    var result = self
    result.planes =
      ImageExamples(shape: [3, self.height, self.width], pixels: planes, count: 1)
      .fitted(height: height, width: width, resize).pixels
    result.height = height
    result.width = width
    return result
  }
}

/// Decodes a PNG or JPEG file into red, green and blue, as Pillow's `convert("RGB")` does:
/// transparency is dropped, grey is tripled, no rotation is applied.
enum ImageDecoder {
  /// Larger pictures are refused: a small file can claim any size.
  static let pixelLimit = 100_000_000

  static func decode(_ path: String) throws -> DecodedImage {
    let bytes = try InputFile(path).readAll()
    let magic = bytes[0..<min(8, bytes.count)].array(of: UInt8.self)
    if magic == [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] {
      return try PNGDecoder.decode(bytes, path)
    }
    if magic.starts(with: [0xff, 0xd8, 0xff]) { return try JPEGDecoder.decode(bytes, path) }
    throw failure(path, "neither a PNG nor a JPEG file")
  }

  /// - Returns: the number of pixels, which fits in `Int`.
  static func checkedPixels(height: Int, width: Int, _ path: String) throws -> Int {
    let (pixels, overflow) = height.multipliedReportingOverflow(by: width)
    guard height > 0, width > 0, !overflow, pixels <= pixelLimit else {
      throw failure(path, "\(width) x \(height) pixels are too many (limit \(pixelLimit))")
    }
    return pixels
  }

  static func failure(_ path: String, _ reason: String) -> TributaryError {
    TributaryError("data.image", "\(path): \(reason)")
  }
}

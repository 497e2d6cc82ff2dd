internal import CPNG
internal import TributaryCore

/// A picture of red, green and blue bytes as a PNG file, through libpng's simplified interface.
enum PNGEncoder {
  /// - Parameter pixels: `[height, width, 3]`, sRGB.
  /// - Throws: `image.png` where libpng cannot (no memory).
  static func encode(height: Int, width: Int, pixels: [UInt8]) throws -> Bytes {
    precondition(pixels.count == height * width * 3, "a byte a colour")
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    image.width = png_uint_32(width)
    image.height = png_uint_32(height)
    image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR)
    // A file's head, and never more than the pixels, a filter byte a row and deflate's blocks.
    var count = pixels.count + height + pixels.count / 1000 + 4096
    var file = [UInt8](repeating: 0, count: count)
    let isWritten = file.withUnsafeMutableBytes { target in
      pixels.withUnsafeBytes { source in
        png_image_write_to_memory(
          &image, target.baseAddress, &count, 0, source.baseAddress, png_int_32(width * 3), nil)
      }
    }
    guard isWritten != 0 else {
      throw TributaryError("image.png", "the picture cannot be written as PNG")
    }
    return Bytes(copying: Array(file.prefix(count)))
  }
}

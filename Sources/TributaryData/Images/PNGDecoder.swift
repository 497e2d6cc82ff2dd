internal import CPNG
internal import TributaryCore

/// PNG of every colour type and depth through libpng's simplified interface.
///
/// 16-bit samples are scaled to 8 bits. A gamma chunk that differs from sRGB is applied, as the PNG
/// specification asks.
enum PNGDecoder {
  static func decode(_ bytes: Bytes, _ path: String) throws -> DecodedImage {
    var image = png_image()
    // libpng keeps the addresses of the structure and of the data between its calls.
    return try withUnsafeMutablePointer(to: &image) { image in
      try bytes.withUnsafeBytes { data in try decode(data, image, path) }
    }
  }

  private static func decode(
    _ data: UnsafeRawBufferPointer, _ image: UnsafeMutablePointer<png_image>, _ path: String
  ) throws -> DecodedImage {
    image.pointee.version = png_uint_32(PNG_IMAGE_VERSION)
    defer { png_image_free(image) }
    guard png_image_begin_read_from_memory(image, data.baseAddress, data.count) != 0 else {
      throw failure(path, image)
    }
    let height = Int(image.pointee.height)
    let width = Int(image.pointee.width)
    let pixels = try ImageDecoder.checkedPixels(height: height, width: width, path)
    // With alpha, so that transparent pixels keep their colour instead of being blended.
    image.pointee.format = png_uint_32(PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA)
    image.pointee.flags |= png_uint_32(PNG_IMAGE_FLAG_16BIT_sRGB)
    let rgba = UnsafeMutableRawBufferPointer.allocate(byteCount: pixels * 4, alignment: 16)
    defer { rgba.deallocate() }
    guard png_image_finish_read(image, nil, rgba.baseAddress, png_int_32(width * 4), nil) != 0
    else { throw failure(path, image) }
    return DecodedImage(
      height: height, width: width, interleaved: UnsafeRawBufferPointer(rgba), stride: 4)
  }

  private static func failure(
    _ path: String, _ image: UnsafeMutablePointer<png_image>
  ) -> TributaryError {
    let text = withUnsafeBytes(of: image.pointee.message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return ImageDecoder.failure(path, "broken PNG: \(text)")
  }
}

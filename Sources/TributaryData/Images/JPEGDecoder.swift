internal import CJPEG
internal import TributaryCore

/// JPEG, baseline and progressive, grey and colour, through libjpeg-turbo.
enum JPEGDecoder {
  static func decode(_ bytes: Bytes, _ path: String) throws -> DecodedImage {
    var info = cjpeg_info()
    var message = [CChar](repeating: 0, count: Int(CJPEG_MESSAGE_LENGTH))
    let hasInfo = bytes.withUnsafeBytes { data in
      cjpeg_read_info(data.baseAddress, data.count, &info, &message)
    }
    guard hasInfo == 1 else { throw failure(path, message) }
    guard info.components != 4 else {
      throw ImageDecoder.failure(path, "a CMYK JPEG; convert it to RGB")
    }
    let height = Int(info.height)
    let width = Int(info.width)
    let pixels = try ImageDecoder.checkedPixels(height: height, width: width, path)
    let rgb = UnsafeMutableRawBufferPointer.allocate(byteCount: pixels * 3, alignment: 16)
    defer { rgb.deallocate() }
    let isDecoded = bytes.withUnsafeBytes { data in
      cjpeg_decode_rgb(
        data.baseAddress, data.count, info.width, info.height, rgb.baseAddress, &message)
    }
    guard isDecoded == 1 else { throw failure(path, message) }
    return DecodedImage(
      height: height, width: width, interleaved: UnsafeRawBufferPointer(rgb), stride: 3)
  }

  private static func failure(_ path: String, _ message: [CChar]) -> TributaryError {
    let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return ImageDecoder.failure(path, "broken JPEG: \(String(decoding: text, as: UTF8.self))")
  }
}

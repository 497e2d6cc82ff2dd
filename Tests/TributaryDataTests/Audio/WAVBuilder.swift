/// WAV files, right and wrong.
struct WAVBuilder {
  var code: UInt16 = 1
  var channels: UInt16 = 1
  var rate: UInt32 = 8000
  var bits: UInt16 = 16
  var isExtensible = false
  /// What the data chunk says; nil: how many there are.
  var promised: UInt32?
  var data: [UInt8] = []

  static func pcm16(_ samples: [Int16], rate: UInt32 = 8000) -> [UInt8] {
    var builder = WAVBuilder()
    builder.rate = rate
    builder.data = samples.flatMap { little($0) }
    return builder.bytes
  }

  var bytes: [UInt8] {
    let frame = channels * bits / 8
    var format =
      little(isExtensible ? 0xfffe : code) + little(channels) + little(rate)
      + little(rate * UInt32(frame)) + little(frame) + little(bits)
    if isExtensible {
      format += little(UInt16(22)) + little(bits) + little(UInt32(0)) + little(code)
      format += [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71]
    }
    // A chunk that nobody knows, of odd length, in front.
    let chunks =
      Self.chunk("LIST", [1, 2, 3]) + Self.chunk("fmt ", format)
      + Self.chunk("data", data, promised: promised)
    return Array("RIFF".utf8) + little(UInt32(4 + chunks.count)) + Array("WAVE".utf8) + chunks
  }

  private static func chunk(
    _ name: String, _ content: [UInt8], promised: UInt32? = nil
  ) -> [UInt8] {
    Array(name.utf8) + little(promised ?? UInt32(content.count)) + content
      + (content.count.isMultiple(of: 2) ? [] : [0])
  }
}

func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian, Array.init)
}

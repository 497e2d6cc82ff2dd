internal import TributaryCore

/// How the samples of a WAV file are written: its `fmt ` chunk.
struct WAVFormat: Equatable {
  enum Encoding: Equatable { case integer, float }

  let encoding: Encoding
  let channels: Int
  let sampleRate: Int
  /// Of one channel's sample.
  let bits: Int

  /// Bytes of one sample of all channels.
  var frameBytes: Int { channels * bits / 8 }

  private static let pulseCode = 1
  private static let float = 3
  private static let extensible = 0xfffe
  /// The end of the identifiers that stand for the short format numbers, which are their beginning.
  private static let identifierEnd: [UInt8] = [
    0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71,
  ]
  private static let codecs = [
    2: "Microsoft ADPCM", 6: "A-law", 7: "mu-law", 17: "IMA ADPCM", 49: "GSM 6.10", 85: "MP3",
  ]

  /// - Parameter chunk: the chunk's content.
  /// - Throws: `data.audio` for what is not PCM of 8, 16, 24 or 32 bits or floats, mono or stereo.
  init(_ chunk: [UInt8], path: String) throws {
    guard chunk.count >= 16 else { throw WAVFile.failure(path, "its fmt chunk is too short") }
    func number(_ offset: Int, _ bytes: Int) -> Int {
      var value = 0
      for index in 0..<bytes { value |= Int(chunk[offset + index]) << (8 * index) }
      return value
    }
    var code = number(0, 2)
    channels = number(2, 2)
    sampleRate = number(4, 4)
    bits = number(14, 2)
    if code == Self.extensible {
      guard chunk.count >= 40, Array(chunk[26..<40]) == Self.identifierEnd else {
        throw WAVFile.failure(path, "its extensible format is not known")
      }
      code = number(24, 2)
    }
    encoding = code == Self.float ? .float : .integer
    let possible = code == Self.pulseCode ? [8, 16, 24, 32] : code == Self.float ? [32, 64] : []
    guard !possible.isEmpty else {
      throw WAVFile.failure(
        path, "holds \(Self.codecs[code] ?? "format \(code)"), not PCM",
        advice: "convert it to 16-bit PCM")
    }
    guard possible.contains(bits) else {
      throw WAVFile.failure(path, "samples of \(bits) bits", advice: "convert it to 16-bit PCM")
    }
    guard channels == 1 || channels == 2 else {
      throw WAVFile.failure(path, "\(channels) channels", advice: "mix it to mono or stereo")
    }
    guard number(12, 2) == channels * bits / 8, (1...1_000_000).contains(sampleRate) else {
      throw WAVFile.failure(path, "its fmt chunk contradicts itself")
    }
  }

  /// The samples in -1...1, channels mixed to one by their mean; a last incomplete frame is left out.
  ///
  /// - Throws: `data.audio` for a float that is none.
  func samples(_ bytes: [UInt8], path: String) throws -> [Float] {
    let width = bits / 8
    return try (0..<bytes.count / frameBytes).map { frame in
      var sum: Float = 0
      for channel in 0..<channels {
        let value = sample(bytes, at: frame * frameBytes + channel * width)
        guard value.isFinite, value.magnitude < 1e6 else {
          throw WAVFile.failure(path, "sample \(frame + 1) is no number that sound can have")
        }
        sum += value
      }
      return sum / Float(channels)
    }
  }

  private func sample(_ bytes: [UInt8], at offset: Int) -> Float {
    var raw: UInt64 = 0
    for index in 0..<(bits / 8) { raw |= UInt64(bytes[offset + index]) << (8 * index) }
    switch (encoding, bits) {
    case (.float, 64): return Float(Double(bitPattern: raw))
    case (.float, _): return Float(bitPattern: UInt32(truncatingIfNeeded: raw))
    case (.integer, 8): return Float(Int(raw) - 128) / 128
    case (.integer, _):
      // The sign to the top, and down again.
      let signed = Int64(bitPattern: raw << (64 - bits)) >> (64 - bits)
      return Float(Double(signed) / Double(Int64(1) << (bits - 1)))
    }
  }
}

import Testing
import TributaryCore

@testable import TributaryData

@Suite struct WAVFileTests {
  private func read(_ builder: WAVBuilder, seconds: Double = 1) throws -> Recording {
    let folder = try TemporaryFolder()
    return try WAVFile.read(folder.write("a.wav", builder.bytes), seconds: seconds)
  }

  private func refusal(_ change: (inout WAVBuilder) -> Void) throws -> String {
    let folder = try TemporaryFolder()
    var builder = WAVBuilder(data: [1, 0, 2, 0, 3, 0, 4, 0])
    change(&builder)
    let path = try folder.write("a.wav", builder.bytes)
    return message(in: folder) { _ = try WAVFile.read(path, seconds: 1) }
  }

  @Test func integersOfEveryWidthAreScaledToOne() throws {
    let cases: [(UInt16, [UInt8])] = [
      (8, [0, 128, 192]), (16, little(Int16.min) + [0, 0] + little(Int16(1 << 14))),
      (24, [0, 0, 0x80, 0, 0, 0, 0, 0, 0x40]),
      (32, little(Int32.min) + [0, 0, 0, 0] + little(Int32(1 << 30))),
    ]
    for (bits, data) in cases {
      for isExtensible in [false, true] {
        let found = try read(WAVBuilder(bits: bits, isExtensible: isExtensible, data: data))
        #expect(found == Recording(sampleRate: 8000, samples: [-1, 0, 0.5]), "\(bits) bits")
      }
    }
  }

  @Test func floatsAreTakenAsTheyAreAndChannelsMixed() throws {
    let floats = [0.25, -0.5, 1, 0] as [Float]
    let data = floats.flatMap { little($0.bitPattern) }
    #expect(try read(WAVBuilder(code: 3, bits: 32, data: data)).samples == floats)
    let doubles = floats.flatMap { little(Double($0).bitPattern) }
    #expect(try read(WAVBuilder(code: 3, bits: 64, data: doubles)).samples == floats)
    let stereo = try read(
      WAVBuilder(code: 3, channels: 2, bits: 32, isExtensible: true, data: data))
    #expect(stereo.samples == [-0.125, 0.5])
  }

  @Test func onlyTheBeginningIsReadAndAnUnknownLengthIsKnownAtTheEnd() throws {
    var builder = WAVBuilder(rate: 1000, data: [UInt8](repeating: 0, count: 40))
    #expect(try read(builder, seconds: 0.005).samples.count == 5)
    builder.promised = .max
    #expect(try read(builder).samples.count == 20)
  }

  @Test func whatIsNoneIsRefusedWithWhatToDo() throws {
    #expect(try refusal { $0.code = 85 } == "a.wav: holds MP3, not PCM")
    #expect(try refusal { $0.channels = 6 } == "a.wav: 6 channels")
    #expect(try refusal { $0.bits = 12 } == "a.wav: samples of 12 bits")
    #expect(try refusal { $0.rate = 0 } == "a.wav: its fmt chunk contradicts itself")
    #expect(try refusal { $0.data = [] } == "a.wav: has no samples")
    #expect(
      try refusal { $0.promised = 500 }
        == "a.wav: truncated: 500 bytes of samples promised, 8 there")
    let folder = try TemporaryFolder()
    for (bytes, reason) in [
      ([], "is too short for a WAV file"), (Array("RIFX0000WAVE".utf8), "is RIFX"),
      (Array("not a recording".utf8), "is no WAV file"),
      (Array("RIFF0000WAVE".utf8), "has no samples"),
      (Array("RIFF0000WAVEdata\u{4}\0\0\0abcd".utf8), "samples stand before their format"),
    ] as [([UInt8], String)] {
      let path = try folder.write("b.wav", bytes)
      #expect(
        message(in: folder) { _ = try WAVFile.read(path, seconds: 1) } == "b.wav: \(reason)")
    }
    let nan = WAVBuilder(code: 3, bits: 32, data: little(Float.nan.bitPattern))
    #expect(throws: TributaryError.self) { try read(nan) }
  }

  /// Whatever a file says, there is a recording of numbers or an error that says what is wrong.
  @Test func damagedFilesAreReadOrRefused() throws {
    let folder = try TemporaryFolder()
    let samples = (0..<40).map { Int16($0 * 700) }
    let original = WAVBuilder.pcm16(samples)
    var random = RandomKey(seed: 11).generator
    var refused = 0
    for _ in 0..<400 {
      var bytes = original
      for _ in 0..<(1 + random.below(4)) {
        switch random.below(3) {
        case 0: bytes[random.below(bytes.count)] = UInt8(random.below(256))
        case 1: bytes.removeLast(random.below(bytes.count))
        default: bytes.insert(contentsOf: [255, 255, 255, 255], at: random.below(bytes.count + 1))
        }
        if bytes.isEmpty { bytes = [0] }
      }
      let path = try folder.write("fuzz.wav", bytes)
      do {
        let found = try WAVFile.read(path, seconds: 10)
        #expect(!found.samples.isEmpty && found.samples.allSatisfy { $0.isFinite })
      } catch let error as TributaryError {
        #expect(error.code == "data.audio")
        refused += 1
      }
    }
    #expect(refused > 100 && refused < 400)
  }
}

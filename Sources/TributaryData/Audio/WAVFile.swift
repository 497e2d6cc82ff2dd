internal import TributaryCore

/// A recording as one channel of samples in -1...1.
struct Recording: Equatable {
  /// Hertz.
  var sampleRate: Int
  var samples: [Float]
}

/// A RIFF WAVE file: chunks of which `fmt ` says how samples are written and `data` holds them.
enum WAVFile {
  /// Far above any real `fmt ` chunk.
  private static let formatLimit = 1 << 16
  /// What a program that writes to a pipe puts for a size that it does not know.
  private static let unknownSize = 0xffff_ffff

  /// Reads the beginning of a recording.
  ///
  /// - Parameter seconds: at most so much of it.
  /// - Throws: `data.file`; `data.audio` for what is no WAV file, damaged, or not PCM or floats of one or two channels.
  static func read(_ path: String, seconds: Double) throws -> Recording {
    let file = try InputFile(path)
    guard let header = try file.read(count: 12)?.array(of: UInt8.self) else {
      throw failure(path, "is too short for a WAV file")
    }
    let (magic, kind) = (text(header[0..<4]), text(header[8..<12]))
    guard magic == "RIFF", kind == "WAVE" else {
      let other = ["RIFX", "RF64"].contains(magic) ? "is \(magic)" : "is no WAV file"
      throw failure(path, other, advice: "convert it to a WAV file of 16-bit PCM")
    }
    var format: WAVFormat?
    while let chunk = try file.read(count: 8)?.array(of: UInt8.self) {
      var size = 0
      for index in 0..<4 { size |= Int(chunk[4 + index]) << (8 * index) }
      switch text(chunk[0..<4]) {
      case "fmt ":
        guard size <= formatLimit, let content = try file.read(count: size + size % 2) else {
          throw failure(path, "its fmt chunk is not complete")
        }
        format = try WAVFormat(content.array(of: UInt8.self), path: path)
      case "data":
        guard let format else { throw failure(path, "samples stand before their format") }
        return try recording(file, format, size: size, seconds: seconds)
      default: try skip(size + size % 2, of: file)
      }
    }
    throw failure(path, "has no samples")
  }

  private static func recording(
    _ file: InputFile, _ format: WAVFormat, size: Int, seconds: Double
  ) throws -> Recording {
    let wanted = Int((seconds * Double(format.sampleRate)).rounded()) * format.frameBytes
    let promised = size == unknownSize ? nil : size
    let count = min(wanted, promised ?? wanted, file.byteLimit)
    var filled = 0
    let bytes = try Bytes(count: count) { filled = try file.read(into: $0) }
    guard promised == nil || filled == min(wanted, size) else {
      throw failure(file.path, "truncated: \(size) bytes of samples promised, \(filled) there")
    }
    let samples = try format.samples(
      bytes[0..<filled].array(of: UInt8.self), path: file.path)
    guard !samples.isEmpty else { throw failure(file.path, "has no samples") }
    return Recording(sampleRate: format.sampleRate, samples: samples)
  }

  private static func skip(_ count: Int, of file: InputFile) throws {
    var left = count
    while left > 0 {
      let size = min(left, 1 << 16)
      guard try file.read(count: size) != nil else { return }
      left -= size
    }
  }

  private static func text(_ bytes: some Collection<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }

  static func failure(_ path: String, _ reason: String, advice: String? = nil) -> TributaryError {
    TributaryError("data.audio", "\(path): \(reason)", advice: advice)
  }
}

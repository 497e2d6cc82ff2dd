/// What a model sees of a recording: a map of features over time, computed once.
///
/// Every `hopMilliseconds` a Hann window of `windowMilliseconds` is cut out, the first one centred at the recording's
/// start; its power spectrum is summed in `bands` triangles on the mel scale (HTK's), in decibels and at most 80 below
/// the recording's loudest. Mel-frequency cepstral coefficients are the first of an orthonormal cosine transform of those
/// (Davis & Mermelstein 1980). Equal to `torchaudio.transforms.MFCC` and to `MelSpectrogram` with `AmplitudeToDB`.
public struct AudioFeatures: Sendable, Codable, Equatable {
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Mel-frequency cepstral coefficients.
    case mfcc
    /// Energies of mel bands, in decibels.
    case logMel = "log-mel"
  }

  public enum Normalization: String, Sendable, Codable, CaseIterable {
    /// Each row has mean 0 and deviation 1 over the recording's frames: cepstral mean and variance normalisation. A
    /// recording's loudness and microphone fall out, and nobody need know other recordings.
    case recording
    case none
  }

  public var kind: Kind
  /// Hertz; recordings of another rate are refused.
  public var sampleRate: Int
  public var bands: Int
  /// Of `mfcc`.
  public var coefficients: Int
  public var windowMilliseconds: Double
  public var hopMilliseconds: Double
  /// Longer recordings are cut; the frames behind shorter ones are 0.
  public var seconds: Double
  public var normalize: Normalization

  public init(
    kind: Kind = .mfcc, sampleRate: Int = 16_000, bands: Int = 40, coefficients: Int = 20,
    windowMilliseconds: Double = 25, hopMilliseconds: Double = 10, seconds: Double = 1,
    normalize: Normalization = .recording
  ) {
    self.kind = kind
    self.sampleRate = sampleRate
    self.bands = bands
    self.coefficients = coefficients
    self.windowMilliseconds = windowMilliseconds
    self.hopMilliseconds = hopMilliseconds
    self.seconds = seconds
    self.normalize = normalize
  }

  public var windowSamples: Int { samples(windowMilliseconds / 1000) }
  public var hopSamples: Int { samples(hopMilliseconds / 1000) }
  public var maximumSamples: Int { samples(seconds) }

  /// Samples that are transformed at a time: the next power of two, the window in their middle.
  public var transformSamples: Int {
    var size = 2
    while size < windowSamples { size *= 2 }
    return size
  }

  public var rows: Int { kind == .mfcc ? coefficients : bands }
  public var frames: Int { 1 + maximumSamples / hopSamples }
  /// `[1, rows, frames]`
  public var shape: Shape { [1, rows, frames] }

  /// What is impossible in these settings, as a key and what is wrong with it; nil: nothing.
  public var problem: (key: String, text: String)? {
    func outside<Value: Comparable>(
      _ key: String, _ value: Value, _ range: ClosedRange<Value>
    ) -> (key: String, text: String)? {
      range.contains(value)
        ? nil : (key, "must be \(range.lowerBound) to \(range.upperBound), is \(value)")
    }
    if let found = outside("sampleRate", sampleRate, 1000...384_000)
      ?? outside("bands", bands, 1...512)
      ?? outside("windowMilliseconds", windowMilliseconds, 1...1000)
      ?? outside("hopMilliseconds", hopMilliseconds, 1...1000)
      ?? outside("seconds", seconds, 0.01...600)
    {
      return found
    }
    if kind == .mfcc, !(1...bands).contains(coefficients) {
      return ("coefficients", "must be 1 to the number of bands, \(bands), is \(coefficients)")
    }
    return frames > 16_384
      ? ("hopMilliseconds", "makes \(frames) frames of \(seconds) seconds; at most 16384") : nil
  }

  private func samples(_ seconds: Double) -> Int {
    max(1, Int((seconds * Double(sampleRate)).rounded()))
  }
}

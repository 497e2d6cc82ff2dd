internal import Foundation
internal import TributaryCore

/// Computes what `AudioFeatures` says of a recording.
struct AudioFeatureExtractor {
  let settings: AudioFeatures
  private let spectrum: PowerSpectrum
  private let filters: MelFilters
  /// The window in the middle of the samples that are transformed.
  private let window: [Double]
  /// Of the cosine transform, `[coefficients][bands]`; none for mel bands themselves.
  private let cosines: [[Double]]

  private static let floor = 1e-10
  private static let dynamicRange = 80.0

  /// - Throws: `data.audio` for settings that cannot be.
  init(_ settings: AudioFeatures) throws {
    if let problem = settings.problem {
      throw TributaryError("data.audio", "data.audio.\(problem.key) \(problem.text)")
    }
    self.settings = settings
    spectrum = PowerSpectrum(size: settings.transformSamples)
    filters = try MelFilters(settings)
    let (length, size) = (settings.windowSamples, settings.transformSamples)
    // Hann's, periodic: its next value would be its first.
    let hann = (0..<length).map { index -> Double in
      let angle = 2 * Double.pi * Double(index) / Double(length)
      return 0.5 - 0.5 * cos(angle)
    }
    let before = (size - length) / 2
    var window = [Double](repeating: 0, count: size)
    window.replaceSubrange(before..<before + length, with: hann)
    self.window = window
    cosines = settings.kind == .mfcc ? Self.cosines(settings) : []
  }

  /// The orthonormal cosine transform of the second kind.
  private static func cosines(_ settings: AudioFeatures) -> [[Double]] {
    let bands = Double(settings.bands)
    return (0..<settings.coefficients).map { row in
      let scale = (row == 0 ? 1 / bands : 2 / bands).squareRoot()
      return (0..<settings.bands).map { band -> Double in
        let angle = Double.pi / bands * (Double(band) + 0.5) * Double(row)
        return scale * cos(angle)
      }
    }
  }

  /// - Parameter samples: of the settings' rate; what is beyond their `seconds` is cut off.
  /// - Returns: `[rows, frames]` of the settings, row by row.
  func features(of samples: [Float]) -> [Float] {
    var frames = decibels(of: samples.prefix(settings.maximumSamples).map(Double.init))
    if settings.kind == .mfcc {
      frames = frames.map { frame in
        cosines.map { row in zip(row, frame).reduce(0.0) { $0 + $1.0 * $1.1 } }
      }
    }
    if settings.normalize == .recording { normalize(&frames) }
    var result = [Float](repeating: 0, count: settings.rows * settings.frames)
    for (index, frame) in frames.enumerated() {
      for (row, value) in frame.enumerated() {
        result[row * settings.frames + index] = Float(value)
      }
    }
    return result
  }

  /// The mel bands of every frame, in decibels.
  private func decibels(of samples: [Double]) -> [[Double]] {
    let half = spectrum.size / 2
    // What is mirrored at the ends must be there.
    let signal = samples + [Double](repeating: 0, count: max(0, half + 1 - samples.count))
    let before = Array(signal[1...half].reversed())
    let after = Array(signal.suffix(half + 1).dropLast().reversed())
    let padded: [Double] = before + signal + after
    let count = min(settings.frames, 1 + signal.count / settings.hopSamples)
    var frames = (0..<count).map { index in
      let start = index * settings.hopSamples
      let cut = zip(padded[start..<start + spectrum.size], window).map { $0 * $1 }
      return filters(spectrum(cut)).map { 10 * log10(max($0, Self.floor)) }
    }
    let lowest = (frames.joined().max() ?? 0) - Self.dynamicRange
    for index in frames.indices { frames[index] = frames[index].map { max($0, lowest) } }
    return frames
  }

  private func normalize(_ frames: inout [[Double]]) {
    for row in 0..<settings.rows {
      let values = frames.map { $0[row] }
      let count = Double(values.count)
      let mean = values.reduce(0, +) / count
      let variance = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / count
      let scale = 1 / max(variance.squareRoot(), 1e-5)
      for index in frames.indices { frames[index][row] = (frames[index][row] - mean) * scale }
    }
  }
}

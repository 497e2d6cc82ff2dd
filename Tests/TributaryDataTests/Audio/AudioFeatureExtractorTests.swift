import Foundation
import Testing
import TributaryCore

@testable import TributaryData

/// Against torchaudio (Golden/generate_audio.py).
@Suite struct AudioFeatureExtractorTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    var features: AudioFeatures.Kind
    var sampleRate, bands, coefficients, frames: Int
    var windowMilliseconds, hopMilliseconds: Double
    var samples: [Int16]
    var expected, normalized: [Float]

    var testDescription: String { "\(features) \(sampleRate) Hz, \(samples.count) samples" }

    func settings(
      _ normalize: AudioFeatures.Normalization, seconds: Double? = nil
    ) -> AudioFeatures {
      AudioFeatures(
        kind: features, sampleRate: sampleRate, bands: bands, coefficients: coefficients,
        windowMilliseconds: windowMilliseconds, hopMilliseconds: hopMilliseconds,
        seconds: seconds ?? 0.3, normalize: normalize)
    }

    static let all =
      (try? JSONDecoder().decode([Case].self, from: Data(GoldenFile.bytes("audio.json")))) ?? []
  }

  @Test func thereAreCases() { #expect(Case.all.count == 4) }

  @Test(arguments: Case.all, [AudioFeatures.Normalization.none, .recording])
  func equalsTorchaudio(_ test: Case, _ normalize: AudioFeatures.Normalization) throws {
    let settings = test.settings(normalize)
    let found = try AudioFeatureExtractor(settings).features(
      of: test.samples.map { Float($0) / 32768 })
    #expect(found.count == settings.rows * settings.frames)
    let expected = normalize == .none ? test.expected : test.normalized
    let tolerance: Float = normalize == .none ? 1e-3 : 1e-4
    var largest: Float = 0
    for row in 0..<settings.rows {
      for frame in 0..<settings.frames {
        let value = found[row * settings.frames + frame]
        let wanted = frame < test.frames ? expected[row * test.frames + frame] : 0
        largest = max(largest, (value - wanted).magnitude)
      }
    }
    #expect(largest < tolerance)
  }

  /// What is behind the recording's part that a model sees changes nothing.
  @Test func longerRecordingsAreCut() throws {
    let test = try #require(Case.all.first)
    let samples = test.samples.map { Float($0) / 32768 }
    let extractor = try AudioFeatureExtractor(test.settings(.recording, seconds: 0.1))
    #expect(extractor.settings.frames == 11)
    #expect(extractor.features(of: samples) == extractor.features(of: Array(samples.prefix(800))))
  }

  @Test func silenceIsFinite() throws {
    let extractor = try AudioFeatureExtractor(AudioFeatures())
    let silence = extractor.features(of: [Float](repeating: 0, count: 5))
    #expect(silence.allSatisfy { $0.isFinite })
  }

  @Test func impossibleSettingsAreRefused() {
    #expect(
      message { _ = try AudioFeatureExtractor(AudioFeatures(coefficients: 41)) }
        == "data.audio.coefficients must be 1 to the number of bands, 40, is 41")
    #expect(
      message {
        _ = try AudioFeatureExtractor(
          AudioFeatures(sampleRate: 8000, bands: 200, windowMilliseconds: 20))
      }.hasSuffix("is too narrow for any frequency"))
  }

  @Test func theSpectrumIsThatOfTheDefinition() {
    let signal = (0..<16).map { Double(($0 * $0 * 7) % 11) - 5 }
    let found = PowerSpectrum(size: 16)(signal)
    for bin in 0...8 {
      var (real, imaginary) = (0.0, 0.0)
      for (index, value) in signal.enumerated() {
        let angle = -2 * Double.pi * Double(bin * index) / 16
        real += value * cos(angle)
        imaginary += value * sin(angle)
      }
      #expect((found[bin] - real * real - imaginary * imaginary).magnitude < 1e-10)
    }
  }
}

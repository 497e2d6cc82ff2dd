internal import Foundation
internal import TributaryCore

/// Triangles of height 1 at even distances on HTK's mel scale, `2595 log10(1 + f / 700)`, from 0 to half the sample
/// rate: `torchaudio.functional.melscale_fbanks` with its defaults.
struct MelFilters {
  /// Of each band, the frequencies it covers and their weights.
  private let bands: [(start: Int, weights: [Double])]

  /// - Throws: `data.audio` where a band is so narrow that no frequency falls in it.
  init(_ features: AudioFeatures) throws {
    let half = Double(features.sampleRate / 2)
    let top = 2595 * log10(1 + half / 700)
    let count = features.bands
    // The bands' corners: each rises from one to the next and falls to the one after.
    let corners = (0..<count + 2).map { index -> Double in
      let mel = top * Double(index) / Double(count + 1)
      return 700 * (pow(10, mel / 2595) - 1)
    }
    let bins = features.transformSamples / 2
    bands = try (0..<count).map { band in
      let (low, middle, high) = (corners[band], corners[band + 1], corners[band + 2])
      let weights = (0...bins).map { bin -> Double in
        let frequency = half * Double(bin) / Double(bins)
        let rising = (frequency - low) / (middle - low)
        let falling = (high - frequency) / (high - middle)
        return max(0, min(rising, falling))
      }
      guard let first = weights.firstIndex(where: { $0 > 0 }),
        let last = weights.lastIndex(where: { $0 > 0 })
      else {
        throw TributaryError(
          "data.audio", "data.audio: band \(band + 1) of \(count) is too narrow for any frequency",
          advice: "lower data.audio.bands, or make windowMilliseconds longer")
      }
      return (first, Array(weights[first...last]))
    }
  }

  /// A power spectrum's sum in each band.
  func callAsFunction(_ power: [Double]) -> [Double] {
    bands.map { band in
      var sum = 0.0
      for (index, weight) in band.weights.enumerated() { sum += weight * power[band.start + index] }
      return sum
    }
  }
}

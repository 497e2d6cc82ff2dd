internal import TributaryCore

/// Neighbouring rows become the map's mean (Park et al. 2019, "SpecAugment", arXiv:1904.08779: F and m_F).
struct FrequencyMask: AudioAugmentation {
  static let kind = "frequency-mask"
  static let options = [
    AugmentationOption("width", 1...512, default: 8, "most rows that a mask hides"),
    AugmentationOption("masks", 1...16, default: 1, "masks a recording"),
  ]
  static let summary = "some rows of a recording's features are hidden (SpecAugment)"
  private let width: Int
  private let masks: Int

  init(_ options: AugmentationOptions) {
    width = Int(options["width"])
    masks = Int(options["masks"])
  }

  func apply(to map: inout FeatureMap, _ random: inout RandomStream) {
    let mean = map.mean
    for _ in 0..<masks {
      map.hide(
        rows: random.stretch(upTo: width, of: map.rows), frames: 0..<map.frames, with: mean)
    }
  }
}

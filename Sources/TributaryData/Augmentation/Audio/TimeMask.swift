internal import TributaryCore

/// Neighbouring frames become the map's mean (Park et al. 2019, "SpecAugment", arXiv:1904.08779: T, p and m_T).
struct TimeMask: AudioAugmentation {
  static let kind = "time-mask"
  static let options = [
    AugmentationOption("width", 1...16_384, default: 20, "most frames that a mask hides"),
    AugmentationOption("share", 0...1, default: 1, "and at most this share of all frames"),
    AugmentationOption("masks", 1...16, default: 1, "masks a recording"),
  ]
  static let summary = "some frames of a recording's features are hidden (SpecAugment)"
  private let width: Int
  private let share: Double
  private let masks: Int

  init(_ options: AugmentationOptions) {
    width = Int(options["width"])
    share = options["share"]
    masks = Int(options["masks"])
  }

  func apply(to map: inout FeatureMap, _ random: inout RandomStream) {
    let mean = map.mean
    let most = min(width, Int(share * Double(map.frames)))
    for _ in 0..<masks {
      map.hide(
        rows: 0..<map.rows, frames: random.stretch(upTo: most, of: map.frames), with: mean)
    }
  }
}

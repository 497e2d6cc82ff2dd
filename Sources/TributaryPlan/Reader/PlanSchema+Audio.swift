internal import TributaryCore

/// `data.audio`: what recordings become.
extension PlanSchema {
  static let audioKeys: [PlanKey] = [
    PlanKey(
      "data.audio.features", \.audio.features.kind, .choice,
      "what a model sees of a recording: cepstral coefficients, or decibels of mel bands"),
    PlanKey(
      "data.audio.sampleRate", \.audio.features.sampleRate, .wholeNumber(.range(1000, 384_000)),
      "hertz; recordings of another rate are refused"),
    PlanKey(
      "data.audio.bands", \.audio.features.bands, .wholeNumber(.range(1, 512)), "mel bands"),
    PlanKey(
      "data.audio.coefficients", \.audio.features.coefficients, .wholeNumber(.range(1, 512)),
      "mfcc: the first so many coefficients"),
    PlanKey(
      "data.audio.windowMilliseconds", \.audio.features.windowMilliseconds,
      .number(.range(1, 1000)), "what a frame is computed from"),
    PlanKey(
      "data.audio.hopMilliseconds", \.audio.features.hopMilliseconds, .number(.range(1, 1000)),
      "from one frame to the next"),
    PlanKey(
      "data.audio.seconds", \.audio.features.seconds, .number(.range(0.01, 600)),
      "longer recordings are cut, shorter ones have frames of 0 behind them"),
    PlanKey(
      "data.audio.normalize", \.audio.features.normalize, .choice,
      "recording: each row to mean 0 and deviation 1 over the recording"),
    PlanKey(
      "data.audio.labelColumn", \.audio.labelColumn, PlanValue.text.optional,
      "a manifest's column with the class; default: label, class or category"),
    PlanKey(
      "data.audio.folder", \.audio.folder, PlanValue.path.optional,
      "where a manifest's files lie; default: beside it"),
  ]
}

import Testing
import TributaryCore

@testable import TributaryPlan

@Suite struct AudioPlanTests {
  private func plan(_ data: String, kind: String = "audio-classification") throws -> RunPlan {
    try RunPlanReader.read(
      yaml: """
        name: speech
        backbone: {architecture: simple-cnn}
        task: {kind: \(kind), classes: 10}
        data: {\(data)}
        """, file: "runs/run.yaml", environment: [:])
  }

  private func refusal(_ data: String, kind: String = "audio-classification") -> String {
    do {
      _ = try plan(data, kind: kind)
      return "read"
    } catch { return "\(error)" }
  }

  @Test func settingsAreRead() throws {
    let audio = try plan(
      "audio: {features: log-mel, sampleRate: 8000, bands: 32, windowMilliseconds: 32, hopMilliseconds: 16, "
        + "seconds: 0.8, normalize: none, labelColumn: digit, folder: recordings}"
    ).data.audio
    #expect(
      audio
        == AudioPlan(
          features: AudioFeatures(
            kind: .logMel, sampleRate: 8000, bands: 32, windowMilliseconds: 32,
            hopMilliseconds: 16, seconds: 0.8, normalize: .none),
          labelColumn: "digit", folder: "runs/recordings"))
    #expect(audio?.features.shape == [1, 32, 51])
  }

  /// Recordings always have settings, images and texts never.
  @Test func defaultsStandWhereNothingIsSaid() throws {
    #expect(try plan("train: x").data.audio == AudioPlan())
    #expect(try plan("train: x", kind: "image-classification").data.audio == nil)
    #expect(try plan("format: tsv").data.format == .tsv)
  }

  @Test func contradictionsAreRefused() {
    #expect(
      refusal("audio: {bands: 32}", kind: "image-classification").contains("is for recordings"))
    #expect(refusal("image: {size: 32}").contains("data.audio says what recordings become"))
    #expect(refusal("audio: {coefficients: 41}").contains("must be 1 to the number of bands, 40"))
    #expect(refusal("audio: {hopMilliseconds: 1, seconds: 600}").contains("600001 frames"))
    #expect(refusal("audio: {features: mfc}").contains("did you mean \"mfcc\"?"))
    #expect(refusal("format: idx").contains("idx is for image-classification"))
    #expect(refusal("format: wav", kind: "text-classification").contains("wav is for audio"))
  }

  @Test func wordVectorsAreForNewTextModels() throws {
    func refusal(_ backbone: String, kind: String = "text-classification") throws -> String {
      do {
        let plan = try RunPlanReader.read(
          yaml: """
            name: words
            backbone: {\(backbone)}
            task: {kind: \(kind), classes: 2}
            """, file: "runs/run.yaml", environment: [:])
        return "\(plan.backbone.wordVectors?.path ?? "none")"
      } catch { return "\(error)" }
    }
    #expect(
      try refusal("architecture: text-bag, wordVectors: {path: glove.txt}") == "runs/glove.txt")
    #expect(try refusal("architecture: text-bag, wordVectors: {words: a}").contains("missing"))
    #expect(try refusal("path: x, wordVectors: {path: glove.txt}").contains("are for a new model"))
    #expect(
      try refusal(
        "architecture: lenet-bn, wordVectors: {path: g}", kind: "image-classification"
      ).contains("are for text-classification"))
  }
}

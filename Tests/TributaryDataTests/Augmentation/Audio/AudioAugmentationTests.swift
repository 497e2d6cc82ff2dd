import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct AudioAugmentationTests {
  private let map = FeatureMap(
    values: (0..<200).map { Float($0 % 17) - 3 }, rows: 10, frames: 20)

  private func augmented(
    _ kind: String, _ settings: [String: PlanSetting], seed: UInt64
  ) throws -> FeatureMap {
    var result = map
    var random = RandomKey(seed: seed).generator
    try AugmentationRegistry.audioAugmentation(AugmentationPlan(kind: kind, settings: settings))
      .apply(to: &result, &random)
    return result
  }

  private func hidden(_ found: FeatureMap) -> Set<Int> {
    Set(found.values.indices.filter { found.values[$0] != map.values[$0] })
  }

  /// Whole neighbouring rows become the mean, as many as the width says at most, and now and then so many.
  @Test func frequencyMasksHideRows() throws {
    var widths: Set<Int> = []
    for seed in 0..<60 {
      let found = try augmented("frequency-mask", ["width": 4], seed: UInt64(seed))
      let rows = Set(hidden(found).map { $0 / 20 })
      #expect(rows.isEmpty || rows.count == rows.max()! - rows.min()! + 1)
      for row in rows {
        #expect(found.values[(row * 20)..<(row * 20 + 20)].allSatisfy { $0 == map.mean })
      }
      widths.insert(rows.count)
    }
    #expect(widths == [0, 1, 2, 3, 4])
  }

  @Test func timeMasksHideFramesUpToTheirShare() throws {
    var widths: Set<Int> = []
    for seed in 0..<60 {
      let found = try augmented("time-mask", ["width": 9, "share": 0.2], seed: UInt64(seed))
      let frames = Set(hidden(found).map { $0 % 20 })
      #expect(frames.isEmpty || frames.count == frames.max()! - frames.min()! + 1)
      for frame in frames {
        #expect((0..<10).allSatisfy { found.values[$0 * 20 + frame] == map.mean })
      }
      widths.insert(frames.count)
    }
    #expect(widths == [0, 1, 2, 3, 4])
  }

  @Test func aRecordingIsChangedAlikeWhateverIsBesideIt() throws {
    let features = AudioFeatures(coefficients: 4, seconds: 0.05)
    let size = features.shape.elementCount
    let examples = try AudioExamples(
      features: features, values: Bytes(copying: (0..<(3 * size)).map { Float($0 % 13) }))
    let augmenter = try #require(
      try Augmenter(
        [AugmentationPlan(kind: "time-mask"), AugmentationPlan(kind: "frequency-mask")],
        for: .audio))
    let key = RandomKey(seed: 8)
    let both = augmenter.recordings(examples, [2, 0], keys: [key.at(2), key.at(0)])
    let alone = augmenter.recordings(examples, [0], keys: [key.at(0)])
    #expect(both.map(1) == alone.map(0))
    #expect(alone.map(0) != examples.map(0))
  }
}

import Testing
import TributaryCore
import TributaryPlan

@testable import TributaryData

@Suite struct AugmenterTests {
  private func error(_ plans: [AugmentationPlan], for input: TaskPlan.Input = .images) -> String? {
    do {
      _ = try Augmenter(plans, for: input)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func wrongSettingsAreRefusedWithTheNearest() {
    #expect(error([AugmentationPlan(kind: "flop")])?.contains("did you mean \"flip\"?") == true)
    #expect(
      error([AugmentationPlan(kind: "crop", settings: ["paddin": 4])])?
        .contains("did you mean \"padding\"?") == true)
    #expect(
      error([AugmentationPlan(kind: "crop", settings: ["padding": 0])])?
        .contains("expected a number from 1 to 512") == true)
    #expect(
      error([AugmentationPlan(kind: "flip")], for: .text)?.contains("is for images") == true)
    #expect(error([AugmentationPlan(kind: "word-swap")])?.contains("is for texts") == true)
    #expect(
      error([AugmentationPlan(kind: "flip")], for: .audio)?.contains("is for images") == true)
    #expect(error([AugmentationPlan(kind: "time-mask")])?.contains("is for recordings") == true)
    for words in ["film", ["film"], [["film"]], [["film", ""]]] as [PlanSetting] {
      let plan = AugmentationPlan(kind: "synonym", settings: ["words": words])
      #expect(error([plan], for: .text)?.contains("lists of two words or more") == true)
    }
    #expect(error([]) == nil)
  }

  /// What an example becomes depends on the step and the example, not on its neighbours in the batch.
  @Test func anExampleIsChangedAlike() throws {
    let pixels = (0..<(5 * 64)).map { UInt8(truncatingIfNeeded: $0 * 37) }
    let images = try ImageExamples(shape: [1, 8, 8], pixels: Bytes(copying: pixels))
    let augmenter = try #require(
      try Augmenter(
        [AugmentationPlan(kind: "crop"), AugmentationPlan(kind: "flip")], for: .images))
    let key = RandomKey(seed: 4)
    let batch = augmenter.images(images, [3, 1, 4], keys: [3, 1, 4].map(key.at)).pixels.array(
      of: UInt8.self)
    let alone = augmenter.images(images, [1], keys: [key.at(1)]).pixels.array(of: UInt8.self)
    #expect(Array(batch[64..<128]) == alone)
    let later = augmenter.images(images, [1], keys: [key.at(2)]).pixels.array(of: UInt8.self)
    #expect(later != alone)
  }
}

import Testing
import TributaryCore
import TributaryNN

@testable import TributaryModels

@Suite struct VisionTransformerTests {
  @Test func refusesImagesThatPatchesDoNotFill() {
    for (height, width) in [(40, 32), (32, 15), (8, 16)] {
      let error = #expect(throws: TributaryError.self) {
        try ModelRegistry.make(
          ModelConfiguration(
            architecture: "vit_tiny_patch16_224", classes: 2,
            image: try ModelRegistry.defaultImage(
              "vit_tiny_patch16_224", .init(height: height, width: width))))
      }
      #expect(error?.code == "model.configuration")
    }
  }

  @Test func hasAPositionForEveryPatchOfAnOblongImage() throws {
    let model = try ModelRegistry.make(
      ModelConfiguration(
        architecture: "vit_tiny_patch16_224", classes: 2,
        image: try ModelRegistry.defaultImage("vit_tiny_patch16_224", .init(height: 48, width: 32)))
    )
    let positions = model.tensors.first { $0.name == "pos_embed" }
    #expect(positions?.shape == [1, 7, 192])
    // From a square of 2x2: the corners' values stay the largest and the smallest.
    let old = HostTensor((0..<(5 * 192)).map { Float($0 / 192) }, shape: [1, 5, 192])
    let spec = try #require(positions)
    let new = try #require(try model.adapted(old, to: spec)?.floats())
    #expect(new.count == 7 * 192)
    #expect(new[0] == 0)
    #expect(abs(new[192] - 1) < 0.15 && abs(new[6 * 192] - 4) < 0.15)
    // Not a square, another size, another tensor.
    #expect(
      model.adapted(
        HostTensor([Float](repeating: 0, count: 4 * 192), shape: [1, 4, 192]), to: spec) == nil)
  }
}

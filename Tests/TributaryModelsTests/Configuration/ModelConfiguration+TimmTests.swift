import Testing
import TributaryCore

@testable import TributaryModels

@Suite struct ModelConfigurationTimmTests {
  private func read(_ text: String) throws -> ModelConfiguration {
    try ModelConfiguration(folderConfiguration: Bytes(copying: Array(text.utf8)))
  }

  @Test func readsWhatTimmWrites() throws {
    let found = try read(
      """
      {"architecture": "vit_tiny_patch16_224", "num_classes": 3, "num_features": 192,
       "label_names": ["a", "b", "c"],
       "pretrained_cfg": {"tag": "augreg", "input_size": [3, 384, 256], "mean": [0.5, 0.5, 0.4],
         "std": [0.5, 0.25, 0.5], "interpolation": "bicubic", "crop_pct": 0.9}}
      """)
    #expect(found.architecture == "vit_tiny_patch16_224")
    #expect(found.classes == 3)
    #expect(found.classNames == ["a", "b", "c"])
    #expect(
      found.image
        == ImageConfiguration(
          channels: 3, height: 384, width: 256, mean: [0.5, 0.5, 0.4],
          standardDeviation: [0.5, 0.25, 0.5]))
    #expect(try ModelConfiguration(folderConfiguration: found.folderConfiguration()) == found)
  }

  @Test func fillsInTheArchitecturesImages() throws {
    let found = try read(#"{"architecture": "deit_small_patch16_224", "num_classes": 1000}"#)
    #expect(found.architecture == "vit_small_patch16_224")
    #expect(found.image?.shape == [3, 224, 224])
    #expect(found.image?.mean == [0.5, 0.5, 0.5])
    // As files from before pretrained_cfg say it.
    let old = try read(
      #"{"architecture": "densenet121", "num_classes": 2, "input_size": [3, 64, 64], "mean": [0, 0, 0]}"#
    )
    #expect(old.image?.shape == [3, 64, 64])
    #expect(old.image?.mean == [0, 0, 0])
  }

  @Test(arguments: [
    #""input_size": [3, 224]"#, #""input_size": [3, 0, 224]"#,
    #""std": [0.5, 0, 0.5]"#, #""std": ["a", 1, 1]"#, #""mean": 1"#,
  ])
  func refusesWhatCannotBe(part: String) {
    let error = #expect(throws: TributaryError.self) {
      try read(
        #"{"architecture": "densenet121", "num_classes": 2, "pretrained_cfg": {"# + part + "}}")
    }
    #expect(error?.code == "model.configuration")
  }
}

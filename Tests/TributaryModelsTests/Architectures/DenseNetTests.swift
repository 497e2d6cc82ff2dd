import Testing
import TributaryCore
import TributaryNN

@testable import TributaryModels

@Suite struct DenseNetTests {
  @Test func readsTheNamesOfOldCheckpoints() throws {
    let model = try ModelRegistry.make(
      ModelConfiguration(
        architecture: "densenet121", classes: 4,
        image: try ModelRegistry.defaultImage("densenet121")))
    for (old, new) in [
      (
        "features.denseblock1.denselayer2.norm.1.weight",
        "features.denseblock1.denselayer2.norm1.weight"
      ),
      (
        "module.features.denseblock3.denselayer24.conv.2.weight",
        "features.denseblock3.denselayer24.conv2.weight"
      ),
      ("features.transition1.norm.weight", "features.transition1.norm.weight"),
      ("features.norm5.running_var", "features.norm5.running_var"),
    ] {
      #expect(model.modelName(forCheckpoint: old) == new)
      #expect(model.tensors.contains { $0.name == new })
    }
    #expect(model.modelName(forCheckpoint: "features.norm5.num_batches_tracked") == nil)
  }
}

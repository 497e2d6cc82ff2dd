import Testing
import TributaryCore
import TributaryNN

@testable import TributaryModels

@Suite struct InceptionTests {
  private func model(classes: Int = 4, size: Int = 75) throws -> any Model {
    try ModelRegistry.make(
      ModelConfiguration(
        architecture: "inception_v3", classes: classes,
        image: try ModelRegistry.defaultImage("inception_v3", .init(height: size, width: size))))
  }

  @Test func refusesImagesThatVanishOnTheWay() {
    let error = #expect(throws: TributaryError.self) { try model(size: 74) }
    #expect(error?.code == "model.configuration")
  }

  /// The auxiliary classifier comes along where it fits, begins anew where the classes are others, and
  /// is no part of what trains.
  @Test func carriesTheAuxiliaryClassifier() throws {
    let source = try model()
    let tensors = source.initialTensors(key: RandomKey(seed: 1))
    let same = try CheckpointFiller(model: source, head: .auto, key: RandomKey(seed: 2))
      .fill(from: .init(file: "a", tensors: tensors))
    #expect(same.tensors == tensors && same.fresh.isEmpty)
    let other = try CheckpointFiller(
      model: try model(classes: 7), head: .auto, key: RandomKey(seed: 2)
    )
    .fill(from: .init(file: "a", tensors: tensors))
    #expect(
      other.fresh == ["fc.weight", "fc.bias", "AuxLogits.fc.weight", "AuxLogits.fc.bias"])
    let carried = source.tensors.filter { $0.name.hasPrefix("AuxLogits.") }
    #expect(carried.count == 12 && carried.allSatisfy { $0.role == .buffer })
  }
}

import Testing
import TributaryCore
import TributaryNN
import TributaryStorage
import TributaryTensor
import TributaryTestKit

@testable import TributaryModels

@Suite struct RobertaTests {
  private func opened() throws -> (any Model, Pass) {
    let test = try #require(ModelCase.all.first { $0.name == "roberta" })
    let model = try ModelRegistry.make(test.configuration)
    return (
      model,
      Pass(
        parameters: ParameterTree(
          try model.tensors.map { ($0.name, try Tensor(Formula.values($0.name, $0.shape))) }))
    )
  }

  /// Dropout in front of dense and in front of the projection falls on different elements.
  @Test func theHeadsDropoutsAreTwo() throws {
    var configuration = try opened().0.configuration
    configuration.settings["classifier_dropout"] = .number(0.5)
    let model = try ModelRegistry.make(configuration)
    let head = ["classifier.dense", "classifier.out_proj"].map { "\($0).weight" }
    // Dense as a tenth of the unit matrix and a projection of its first four: every logit that is not zero has
    // passed both.
    var values = Dictionary(
      uniqueKeysWithValues: model.tensors.filter { model.headTensorNames.contains($0.name) }.map {
        ($0.name, [Float](repeating: 0, count: $0.shape.elementCount))
      })
    for index in 0..<32 { values[head[0]]?[index * 33] = 0.1 }
    for index in 0..<4 { values[head[1]]?[index * 33] = 1 }
    let parameters = ParameterTree(
      model.tensors.compactMap { spec in
        values[spec.name].map { (spec.name, Tensor($0, shape: spec.shape)) }
      })
    let pass = Pass(
      parameters: parameters, mode: .training(trainable: Set(head)), key: RandomKey(seed: 1))
    let logits = try model.logits(features: .ones([200, 32]), pass).floats()
    let kept = Double(logits.count { $0 != 0 }) / Double(logits.count)
    // A quarter if the masks are independent, half if they are the same.
    #expect((kept - 0.25).magnitude < 0.08)
  }

  @Test func positionsBehindThePaddingsAreTheTokens() throws {
    let (model, _) = try opened()
    // 24 positions, of which padding 1 and those before it are no token's.
    #expect(model.maximumTokens == 22)
  }

  /// Ids of padding, and where it stands, change nothing: positions count tokens only.
  @Test func paddingDoesNotMatter() throws {
    let (model, pass) = try opened()
    let list: [Int32] = [0, 9, 10, 2]
    let alone = try model.logits(.tokens([list], multiple: 1), pass).floats()
    for padding: Int32 in [1, 7] {
      let padded = try model.logits(.tokens([list, list + list], padding: padding), pass).floats()
      #expect(difference(Array(padded.prefix(4)), alone, absolute: 1e-5) == nil)
    }
    let inFront = try model.logits(
      .tokens(
        ids: Tensor([1, 1] + list, shape: [1, 6]),
        mask: Tensor([0, 0, 1, 1, 1, 1] as [Float], shape: [1, 6])), pass
    ).floats()
    #expect(inFront != alone)  // The classifier takes the first vector, here padding's.
  }
}

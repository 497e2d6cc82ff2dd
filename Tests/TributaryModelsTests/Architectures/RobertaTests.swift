import Testing
import TributaryCore
import TributaryNN
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

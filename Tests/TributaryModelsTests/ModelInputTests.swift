import Testing
import TributaryCore
import TributaryTensor

@testable import TributaryModels

@Suite struct ModelInputTests {
  private func padded(
    _ lists: [[Int32]], multiple: Int = 8, maximum: Int? = nil
  ) throws -> (ids: Tensor, mask: Tensor) {
    let input = ModelInput.tokens(lists, padding: 9, multiple: multiple, maximum: maximum)
    guard case .tokens(let ids, let mask, nil) = input else {
      throw TributaryError("test", "not tokens")
    }
    return (ids, mask)
  }

  @Test func padsToAMultiple() throws {
    let (ids, mask) = try padded([[1, 2, 3], [4]], multiple: 4)
    #expect(ids.shape == [2, 4] && mask.shape == [2, 4])
    #expect(ids.ints() == [1, 2, 3, 9, 4, 9, 9, 9])
    #expect(mask.floats() == [1, 1, 1, 0, 1, 0, 0, 0])
    #expect(try padded([[1]]).ids.shape == [1, 8])
    #expect(try padded([[Int32](repeating: 1, count: 9)]).ids.shape == [1, 16])
  }

  @Test func neverPadsBeyondTheModel() throws {
    let list = [Int32](repeating: 1, count: 10)
    #expect(try padded([list], maximum: 12).ids.shape == [1, 12])
    #expect(try padded([list], maximum: 10).ids.shape == [1, 10])
  }

  @Test func nextTokensAreTheLabels() throws {
    let (input, labels) = ModelInput.nextTokens([[5, 6, 7, 8], [9, 1]], multiple: 1)
    guard case .tokens(let ids, let mask, nil) = input else { return #expect(Bool(false)) }
    #expect(ids.shape == [2, 3] && ids.ints() == [5, 6, 7, 9, 0, 0])
    #expect(mask.floats() == [1, 1, 1, 1, 0, 0])
    #expect(labels.ints() == [6, 7, 8, 1, -100, -100])
    let (_, none) = ModelInput.nextTokens([[5], []])
    #expect(none.ints() == [Int32](repeating: -100, count: 2))
  }
}

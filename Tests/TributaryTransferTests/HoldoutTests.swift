import Testing
import TributaryCore

@testable import TributaryTransfer

@Suite struct HoldoutTests {
  private func split(_ count: Int, _ share: Double, client: Int = 0) -> (
    training: [Int], heldOut: [Int]
  ) {
    Holdout(share: share, client: ClientID(index: client)).split(Array(100..<100 + count))
  }

  @Test(arguments: [
    (10, 0.2, 2), (10, 0, 0), (1, 0.5, 0), (2, 0.01, 1), (3, 0.99, 2), (600, 0.25, 150),
  ])
  func everyExampleIsInOnePartInItsOrder(count: Int, share: Double, heldOut: Int) {
    let parts = split(count, share)
    #expect(parts.heldOut.count == heldOut)
    #expect((parts.training + parts.heldOut).sorted() == Array(100..<100 + count))
    #expect(parts.training == parts.training.sorted() && parts.heldOut == parts.heldOut.sorted())
  }

  @Test func dependsOnTheClientAlone() {
    #expect(split(50, 0.3).heldOut == split(50, 0.3).heldOut)
    #expect(split(50, 0.3).heldOut != split(50, 0.3, client: 1).heldOut)
  }
}

import Synchronization
import Testing
import TributaryCore

@testable import TributaryTensor

struct StorageTests {
  @Test func convertedWeightsAreKeptWhileUnchanged() {
    let weight = Tensor.ones([16, 16, 3, 3])
    let x = Tensor.ones([1, 16, 4, 4])
    _ = conv2d(x, weight: weight, padding: 1)
    let kept = weight.storage.conversions.withLock { $0.count }
    _ = conv2d(x, weight: weight, padding: 1)
    #expect(weight.storage.conversions.withLock { $0.count } == kept)
  }
}

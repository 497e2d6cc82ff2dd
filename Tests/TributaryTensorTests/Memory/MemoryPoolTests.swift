import Testing
import TributaryCore

@testable import TributaryTensor

struct MemoryPoolTests {
  @Test func classesHoldWhatTheyPromise() {
    var last = 0
    for byteCount in [0, 1, 63, 64, 65, 256, 257, 320, 321, 511, 512, 513, 4096, 4097, 1_000_000] {
      let index = MemoryPool.classIndex(for: byteCount)
      let size = MemoryPool.sizeClass(at: index)
      #expect(size >= byteCount && size % 64 == 0)
      #expect(byteCount < 512 || size <= byteCount + byteCount / 4 + 64)
      #expect(index >= last)
      last = index
    }
  }

  @Test func buffersComeBack() {
    // A size that no other test uses, so that parallel tests do not disturb the count.
    let shape: Shape = [3_333_333]
    _ = Tensor.zeros(shape)
    let first = Tensor.zeros(shape).storage.pointer
    let second = Tensor.ones(shape)
    #expect(second.storage.pointer == first)
    #expect(Int(bitPattern: first) % 64 == 0)
  }
}

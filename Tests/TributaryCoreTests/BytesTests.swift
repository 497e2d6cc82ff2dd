import Testing
import TributaryCore

@Suite struct BytesTests {
  @Test func slicesShareTheirOwner() {
    final class Owner {
      let released: () -> Void
      init(released: @escaping () -> Void) { self.released = released }
      deinit { released() }
    }
    nonisolated(unsafe) var isReleased = false
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 8)
    defer { memory.deallocate() }
    memory.copyBytes(from: [0, 1, 2, 3, 4, 5, 6, 7])
    var slice: Bytes?
    do {
      let owner = Owner { isReleased = true }
      slice = Bytes(owner: owner, buffer: UnsafeRawBufferPointer(memory))[2..<5]
    }
    #expect(!isReleased)
    #expect(slice?.array(of: UInt8.self) == [2, 3, 4])
    slice = nil
    #expect(isReleased)
  }

  @Test func equalityIsByContent() {
    #expect(Bytes(copying: [UInt8(1), 2, 3]) == Bytes(copying: [UInt8(0), 1, 2, 3])[1..<4])
    #expect(Bytes(copying: [UInt8(1)]) != Bytes(copying: [UInt8(2)]))
    #expect(Bytes.empty.count == 0)
  }
}

import Testing
import TributaryCore

@Suite struct HostTensorTests {
  @Test func holdsExactlyItsBytes() throws {
    let tensor = HostTensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(try tensor.floats() == [1, 2, 3, 4, 5, 6])
    #expect(tensor.bytes.count == 24)
    let same = try HostTensor(dtype: .float32, shape: [2, 3], bytes: tensor.bytes)
    #expect(same == tensor)
  }

  @Test(arguments: [Shape([2, 2]), Shape([7]), Shape([Int.max, 4]), Shape([-6])])
  func refusesAnotherSize(shape: Shape) {
    let bytes = Bytes(copying: [Float](repeating: 0, count: 6))
    #expect(throws: TributaryError.self) {
      try HostTensor(dtype: .float32, shape: shape, bytes: bytes)
    }
  }
}

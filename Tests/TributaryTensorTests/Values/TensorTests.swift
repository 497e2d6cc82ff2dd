import Testing
import TributaryCore

@testable import TributaryTensor

struct TensorTests {
  @Test func hostRoundTrip() throws {
    let x = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
    #expect(try Tensor(x.host()).floats() == x.floats())
    #expect(try x.transposed().host().floats() == [1, 4, 2, 5, 3, 6])
    let ids = Tensor([1, -2] as [Int32], shape: [2])
    #expect(try Tensor(ids.host()).ints() == [1, -2])
    #expect(ids.asFloat().floats() == [1, -2])
  }

  @Test func alignedFloatsAreShared() throws {
    let host = HostTensor([1, 2, 3], shape: [3])
    let tensor = try Tensor(host)
    let address = host.bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    #expect(UInt(bitPattern: tensor.storage.pointer) == address)
    #expect(!tensor.storage.isWritable)
  }

  @Test func aSharedHostKeepsItsValues() throws {
    var x = Tensor([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3]) + 0
    let host = x.sharedHost()
    let address = host.bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    #expect(address == UInt(bitPattern: x.storage.pointer))
    x = x * 2
    #expect(try host.floats() == [1, 2, 3, 4, 5, 6])
    #expect(try x.transposed().sharedHost().floats() == [2, 8, 4, 10, 6, 12])
    #expect(try x.sliced(axis: 0, 1..<2).sharedHost().floats() == [8, 10, 12])
    #expect(try Tensor(host).sharedHost() == host)
  }

  @Test func otherTypesAreConverted() throws {
    func host<T: BitwiseCopyable>(_ dtype: DType, _ values: [T]) throws -> HostTensor {
      try HostTensor(dtype: dtype, shape: [values.count], bytes: Bytes(copying: values))
    }
    let half: [UInt16] = [0x3C00, 0xC000, 0x0001, 0x7C00, 0x3555]
    #expect(
      try Tensor(host(.float16, half)).floats() == [1, -2, 0x1p-24, .infinity, 0.333251953125])
    #expect(try Tensor(host(.bfloat16, [0x3F80, 0xC000] as [UInt16])).floats() == [1, -2])
    #expect(try Tensor(host(.float64, [0.5, -3])).floats() == [0.5, -3])
    #expect(try Tensor(host(.int64, [7, -7] as [Int64])).ints() == [7, -7])
    #expect(throws: TributaryError.self) { try Tensor(host(.int64, [1 << 40] as [Int64])) }
    #expect(throws: TributaryError.self) { try Tensor(host(.bool, [1] as [UInt8])) }
  }

  @Test func finiteness() {
    #expect(Tensor.ones([100]).isFinite)
    for bad in [Float.nan, .infinity, -.infinity] {
      var values = [Float](repeating: 1, count: 100)
      values[97] = bad
      #expect(!Tensor(values, shape: [100]).isFinite)
    }
  }

  @Test func viewsShareMemory() {
    let x = Tensor((0..<24).map { Float($0) }, shape: [2, 3, 4])
    let view = x.permuted([1, 0, 2]).sliced(axis: 2, 1..<3)
    #expect(view.storage === x.storage)
    #expect(view.floats() == [1, 2, 13, 14, 5, 6, 17, 18, 9, 10, 21, 22])
    #expect(x.sliced(axis: 0, 1..<2).reshaped([12]).floats() == (12..<24).map { Float($0) })
    #expect(x.argmax(axis: 1).ints() == [Int32](repeating: 2, count: 8))
  }

  @Test func emptyTensors() {
    #expect(Tensor.zeros([0, 3]).sum().item == 0)
    #expect((Tensor.zeros([0, 3]) + Tensor.ones([3])).floats().isEmpty)
    #expect(Tensor.concatenated([.zeros([0, 2]), .ones([1, 2])], axis: 0).floats() == [1, 1])
  }
}

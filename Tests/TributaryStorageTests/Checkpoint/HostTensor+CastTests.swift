import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryStorage

@Suite struct HostTensorCastTests {
  @Test(arguments: [("float16", DType.float16), ("bfloat16", .bfloat16)])
  func roundsAsPyTorch(name: String, dtype: DType) throws {
    let golden = try GoldenTensors("checkpoints/\(name).safetensors").tensors
    let from = try #require(golden["from"])
    let to = try #require(golden["to"])
    #expect(try from.cast(to: dtype, name: "from") == to)
    #expect(try to.cast(to: .float32, name: "to") == golden["back"])
  }

  @Test func everyHalfSurvivesFloat32() throws {
    let bits = (UInt16.min...UInt16.max).filter { $0 & 0x7c00 != 0x7c00 }
    for dtype in [DType.float16, .bfloat16] {
      let finite = dtype == .float16 ? bits : bits.filter { $0 & 0x7f80 != 0x7f80 }
      let tensor = try HostTensor(
        dtype: dtype, shape: [finite.count], bytes: Bytes(copying: finite))
      let wide = try tensor.cast(to: .float32, name: "wide")
      #expect(try wide.cast(to: dtype, name: "back") == tensor)
    }
  }

  @Test func refusesWhatDoesNotFit() throws {
    func code(_ value: Float, _ dtype: DType) -> String? {
      do {
        _ = try HostTensor([value], shape: [1]).cast(to: dtype, name: "x")
        return nil
      } catch { return (error as? TributaryError)?.code }
    }
    #expect(code(65519, .float16) == nil)
    #expect(code(65520, .float16) == "tensor.range")
    #expect(code(-1e9, .float16) == "tensor.range")
    #expect(code(3.4e38, .bfloat16) == "tensor.range")
    #expect(code(.infinity, .float16) == nil)
    #expect(code(.nan, .bfloat16) == nil)
    #expect(code(1, .int8) == "tensor.dtype")
    let double = try HostTensor(dtype: .float64, shape: [1], bytes: Bytes(copying: [1e300]))
    #expect(throws: TributaryError.self) { try double.cast(to: .float32, name: "x") }
  }
}

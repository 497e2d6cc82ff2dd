import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryStorage

@Suite struct HostTensorInt8Tests {
  private let x = HostTensor([127, -63.4, 1, 0, 0, 0, 0.5, -2.54, 2.5], shape: [3, 3])

  private func int8(_ values: [Int8], _ shape: Shape) throws -> HostTensor {
    try HostTensor(dtype: .int8, shape: shape, bytes: Bytes(copying: values))
  }

  @Test func scalesEachOutputByItsLargest() throws {
    let (values, scale) = try x.quantized(scaleType: .float32, name: "x")
    #expect(scale == HostTensor([1, 0, 0.02], shape: [3, 1]))
    #expect(try values == int8([127, -63, 1, 0, 0, 0, 25, -127, 125], [3, 3]))
    let back = try values.dequantized(scale: scale, name: "x")
    for (a, b) in zip(try back.floats(), try x.floats()) { #expect((a - b).magnitude <= 0.5) }
    #expect(try back.floats()[3...] == [0, 0, 0, 0.5, -2.54, 2.5])
  }

  /// The values are divided by the scale that is stored, not by one that it was rounded from.
  @Test func aHalfScaleCostsNothingMore() throws {
    let x = HostTensor((0..<64).map { Float($0) * 0.317 }, shape: [1, 8, 8])
    let (values, scale) = try x.quantized(scaleType: .bfloat16, name: "x")
    #expect(scale.dtype == .bfloat16 && scale.shape == [1, 1, 1])
    let step = try scale.cast(to: .float32, name: "s").floats()[0]
    let back = try values.dequantized(scale: scale, name: "x").floats()
    for (a, b) in zip(back, try x.floats()) where b < 127 * step {
      #expect((a - b).magnitude <= 0.5001 * step)
    }
  }

  @Test func readsScalesOfTensorsChannelsAndGroupsWithZeroPoints() throws {
    let q = try int8([1, 2, 3, 4, -5, 6, 7, -128], [2, 4])
    func values(_ scale: [Float], _ shape: Shape, zero: [Int8]? = nil) throws -> [Float] {
      try q.dequantized(
        scale: HostTensor(scale, shape: shape), zeroPoint: zero.map { try int8($0, shape) },
        name: "q"
      ).floats()
    }
    #expect(try values([0.5], []) == [0.5, 1, 1.5, 2, -2.5, 3, 3.5, -64])
    #expect(try values([1, 2], [2, 1]) == [1, 2, 3, 4, -10, 12, 14, -256])
    #expect(try values([1, 2, 3, 4], [2, 2]) == [1, 2, 6, 8, -15, 18, 28, -512])
    #expect(try values([1, 2], [2], zero: [1, -1]) == [0, 1, 2, 3, -8, 14, 16, -254])
    let none = try int8([], [0, 3])
    #expect(
      try none.dequantized(scale: HostTensor([1, 2], shape: [2]), name: "q").floats().isEmpty)
  }

  @Test func refusesScalesThatDoNotFit() throws {
    let q = try int8([1, 2, 3, 4, 5, 6], [2, 3])
    for scale in [
      HostTensor([1, 2, 3], shape: [3]), HostTensor([], shape: [0]),
      HostTensor([.infinity, 1], shape: [2]), try int8([1], [1]),
    ] {
      let error = #expect(throws: TributaryError.self) {
        try q.dequantized(scale: scale, name: "q")
      }
      #expect(error?.code == "checkpoint.quantization")
    }
    #expect(throws: TributaryError.self) {
      try HostTensor([1], shape: []).quantized(scaleType: .float32, name: "scalar")
    }
    #expect(throws: TributaryError.self) { try q.quantized(scaleType: .float32, name: "q") }
  }

  @Test func aFilesInt8TensorsBecomeFloatsByTheScalesBesideThem() throws {
    let folder = TemporaryFolder()
    let q = try int8([1, -127], [2, 1])
    try SafetensorsFile.write(
      [
        "a.weight": q, "a.weight_scale": HostTensor([2, 3], shape: [2, 1]),
        "b.weight": q, "b.SCB": HostTensor([127, 254], shape: [2]),
        "b.weight_format": HostTensor(
          dtype: .uint8, shape: [], bytes: Bytes(copying: [0] as [UInt8])),
        "c.weight": q, "d.weight_scale": HostTensor([1], shape: [1]),
      ], to: folder("w.safetensors"))
    let weights = try Weights(path: folder("w.safetensors"))
    #expect(weights.tensors.count == 7)
    let found = try weights.dequantized()
    #expect(found.tensors.names == ["a.weight", "b.weight", "c.weight", "d.weight_scale"])
    #expect(try found.tensors["a.weight"]?.floats() == [2, -381])
    #expect(try found.tensors["b.weight"]?.floats() == [1, -254])
    #expect(found.tensors["c.weight"] == q)
    #expect(found.notes.last == "2 int8 tensors became float32")
  }
}

import Testing
import TributaryCore

@testable import TributaryTensor

struct TensorBytesTests {
  @Test func picksRowsAndScalesByChannel() {
    let bytes = Bytes(copying: (0..<24).map { UInt8($0 * 10) })
    let tensor = Tensor(
      rows: [3, 0, 3], of: bytes, shape: [2, 3], scale: [1, 0.5], shift: [-1, 2])
    #expect(tensor.shape == [3, 2, 3])
    let expected = [18, 0, 18].flatMap { first in
      (0..<6).map { offset in
        let value = Float((first + offset) * 10)
        return offset < 3 ? value - 1 : value / 2 + 2
      }
    }
    #expect(tensor.floats() == expected)
    #expect(Tensor(rows: [], of: bytes, shape: [2, 3], scale: [1, 1], shift: [0, 0]).count == 0)
  }
}

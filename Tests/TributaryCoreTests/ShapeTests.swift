import Testing
import TributaryCore

@Suite struct ShapeTests {
  @Test func stridesAndCount() {
    #expect(Shape([2, 3, 4]).rowMajorStrides == [12, 4, 1])
    #expect(Shape([2, 3, 4]).elementCount == 24)
    #expect(Shape.scalar.elementCount == 1 && Shape.scalar.rowMajorStrides.isEmpty)
    #expect("\(Shape([32, 64]))" == "[32, 64]")
  }

  @Test func hostileShapesHaveNoCount() {
    #expect(Shape([Int.max, 2]).checkedElementCount == nil)
    #expect(Shape([-1, 2]).checkedElementCount == nil)
    #expect(Shape([0, 5]).checkedElementCount == 0)
    // Its strides would overflow although it holds nothing.
    #expect(Shape([0, 1 << 62, 1 << 62]).checkedElementCount == nil)
  }
}

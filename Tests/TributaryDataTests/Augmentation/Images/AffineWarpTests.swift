import Testing

@testable import TributaryData

@Suite struct AffineWarpTests {
  private func rotated(_ plane: [UInt8], height: Int, width: Int, _ degrees: Double) -> [UInt8] {
    var image = PixelImage(bytes: plane, channels: 1, height: height, width: width)
    AffineWarp.rotation(degrees: degrees).apply(to: &image)
    return image.bytes
  }

  @Test func rightAnglesMovePixels() {
    let square: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9]
    #expect(rotated(square, height: 3, width: 3, 90) == [3, 6, 9, 2, 5, 8, 1, 4, 7])
    #expect(rotated(square, height: 3, width: 3, 180) == [9, 8, 7, 6, 5, 4, 3, 2, 1])
    #expect(rotated(square, height: 3, width: 3, -90) == [7, 4, 1, 8, 5, 2, 9, 6, 3])
    #expect(rotated(square, height: 3, width: 3, 0) == square)
    #expect(rotated([1, 2, 3, 4, 5, 6], height: 2, width: 3, 180) == [6, 5, 4, 3, 2, 1])
  }

  /// A plane whose value grows evenly stays one: bilinear interpolation is exact on it.
  @Test func aSlopeTurnsIntoASlope() {
    let slope = (0..<441).map { UInt8(10 * ($0 % 21) + 20) }
    let turned = rotated(slope, height: 21, width: 21, 30)
    for (y, x) in [(10, 10), (8, 12), (12, 9), (6, 10)] {
      let column = Double(x - 10) * 0.8660254 - Double(y - 10) * 0.5 + 10
      #expect(abs(Double(turned[y * 21 + x]) - (10 * column + 20)) <= 0.51)
    }
  }

  @Test func whatComesFromOutsideIsTheBorder() {
    #expect(rotated([255, 255, 255, 255], height: 2, width: 2, 45) == [255, 255, 255, 255])
  }
}

public import TributaryCore

extension PartitionReport {
  private static let shareWidth = 460
  private static let sizeStart = 484
  private static let pictureWidth = 704

  /// The picture without words: a line a client, of its label shares, and beside it one of its size. The SVG has names
  /// and numbers, too.
  /// - Throws: `image.png`.
  public var png: Bytes {
    get throws {
      let shown = drawn
      let rowHeight = shown.count <= 60 ? 18 : max(3, 1080 / max(1, shown.count))
      var picture = Raster(width: Self.pictureWidth, height: max(1, rowHeight * shown.count))
      for (row, client) in shown.enumerated() {
        let top = row * rowHeight
        let height = rowHeight > 6 ? rowHeight - 3 : rowHeight
        drawShares(of: client, into: &picture, top: top, height: height)
        let length =
          (Self.pictureWidth - Self.sizeStart) * client.examples / max(1, summary.sizes.largest)
        picture.fill(
          Self.sizeStart..<(Self.sizeStart + length), top..<(top + height), Raster.grey)
      }
      return try PNGEncoder.encode(
        height: picture.height, width: picture.width, pixels: picture.pixels)
    }
  }

  /// A label begins where those before it end, so that no pixel is left over.
  private func drawShares(
    of client: Client, into picture: inout Raster, top: Int, height: Int
  ) {
    guard let labels = client.labels else { return }
    let total = max(1, labels.reduce(0, +))
    var before = 0
    for (label, count) in labels.enumerated() where count > 0 {
      let left = Self.shareWidth * before / total
      before += count
      picture.fill(
        left..<(Self.shareWidth * before / total), top..<(top + height),
        Raster.color(ClassColors.color(label, of: labels.count)))
    }
  }
}

/// Pixels of red, green and blue, white at first.
private struct Raster {
  let width: Int
  let height: Int
  private(set) var pixels: [UInt8]

  static let grey: [UInt8] = [0x88, 0x99, 0xaa]

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    pixels = [UInt8](repeating: 255, count: width * height * 3)
  }

  /// The bytes of `#rrggbb`.
  static func color(_ text: String) -> [UInt8] {
    let number = UInt32(text.dropFirst(), radix: 16) ?? 0
    return [UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)]
  }

  mutating func fill(_ columns: Range<Int>, _ rows: Range<Int>, _ color: [UInt8]) {
    for row in rows {
      for column in columns {
        for channel in 0..<3 { pixels[(row * width + column) * 3 + channel] = color[channel] }
      }
    }
  }
}

/// One image whose bytes an augmentation changes in place: uint8 `[channels, height, width]`.
public struct PixelImage: Equatable {
  public var bytes: [UInt8]
  public let channels: Int
  public let height: Int
  public let width: Int

  public init(bytes: [UInt8], channels: Int, height: Int, width: Int) {
    precondition(bytes.count == channels * height * width, "a byte a pixel and channel")
    self.bytes = bytes
    self.channels = channels
    self.height = height
    self.width = width
  }

  var plane: Int { height * width }

  /// Every byte through a table.
  mutating func map(_ table: [UInt8]) {
    for index in bytes.indices { bytes[index] = table[Int(bytes[index])] }
  }

  /// Every byte through `value`, rounded and kept in 0...255.
  mutating func map(_ value: (Double) -> Double) {
    map((0..<256).map { Self.byte(value(Double($0))) })
  }

  static func byte(_ value: Double) -> UInt8 { UInt8(max(0, min(255, value)).rounded()) }

  /// The grey value of each pixel (ITU-R 601, as Pillow's "L"); of a grey image itself.
  var grey: [Double] {
    guard channels >= 3 else { return bytes.prefix(plane).map(Double.init) }
    return (0..<plane).map {
      0.299 * Double(bytes[$0]) + 0.587 * Double(bytes[$0 + plane])
        + 0.114 * Double(bytes[$0 + 2 * plane])
    }
  }

  /// `other * (1 - share) + this * share`: Pillow's `ImageEnhance`; shares above 1 go beyond.
  mutating func blend(over other: (_ index: Int) -> Double, share: Double) {
    for index in bytes.indices {
      let base = other(index)
      bytes[index] = Self.byte(base + (Double(bytes[index]) - base) * share)
    }
  }
}

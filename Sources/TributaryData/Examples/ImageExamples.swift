public import TributaryCore

/// Images of one size as bytes, channels first.
public struct ImageExamples: Sendable, Equatable {
  /// `[channels, height, width]`
  public let shape: Shape
  /// uint8 `[count, channels, height, width]`
  public let pixels: Bytes
  public let count: Int

  /// - Throws: `data.image` where `pixels` are not a whole number of images of `shape`.
  public init(shape: Shape, pixels: Bytes) throws {
    guard shape.rank == 3, shape.allSatisfy({ $0 > 0 }), let size = shape.checkedElementCount,
      pixels.count.isMultiple(of: size)
    else {
      throw TributaryError(
        "data.image", "\(pixels.count) bytes are no whole number of images of shape \(shape)")
    }
    self.init(shape: shape, pixels: pixels, count: pixels.count / size)
  }

  /// For callers in this module that have made `pixels` for `shape`.
  init(shape: Shape, pixels: Bytes, count: Int) {
    self.shape = shape
    self.pixels = pixels
    self.count = count
  }

  public var channels: Int { shape[0] }
  public var height: Int { shape[1] }
  public var width: Int { shape[2] }
  /// Bytes an image takes.
  public var stride: Int { shape.elementCount }

  /// The images at `indices`, in that order.
  public func subset(_ indices: [Int]) -> ImageExamples {
    if indices.elementsEqual(0..<count) { return self }
    let stride = stride
    let selected = pixels.withUnsafeBytes { source in
      Bytes(count: indices.count * stride) { target in
        for (position, index) in indices.enumerated() {
          precondition(index >= 0 && index < count, "no such image")
          let image = UnsafeRawBufferPointer(
            rebasing: source[(index * stride)..<((index + 1) * stride)])
          UnsafeMutableRawBufferPointer(rebasing: target[(position * stride)...])
            .copyMemory(from: image)
        }
      }
    }
    return ImageExamples(shape: shape, pixels: selected, count: indices.count)
  }
}

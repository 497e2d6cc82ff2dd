/// How an image of any size becomes one of the size that a model takes.
///
/// First it is resized to `target`; what then has another size than the model takes is cut at its centre, or
/// gets a black border.
public struct ImageResize: Sendable, Codable, Equatable {
  public enum Target: Sendable, Codable, Equatable {
    /// Stretched to the size that the model takes; nothing is cut.
    case output
    /// The shorter side becomes so many pixels, the longer in proportion, rounded down.
    case shorterSide(Int)
    case exact(height: Int, width: Int)
    /// Only cut.
    case unchanged
  }

  /// Pillow's filters. All but `nearest` widen when they shrink, against aliasing.
  public enum Interpolation: String, Sendable, Codable, CaseIterable {
    case nearest, box, bilinear, hamming, bicubic, lanczos
  }

  /// On which side the odd pixel is cut.
  public enum CropRounding: String, Sendable, Codable, CaseIterable {
    /// Half a pixel goes to the even number, as in torchvision and timm.
    case even
    /// As in Hugging Face's image processors.
    case down
  }

  public var target: Target
  public var interpolation: Interpolation
  public var crop: CropRounding

  public init(
    _ target: Target = .output, _ interpolation: Interpolation = .bilinear,
    crop: CropRounding = .even
  ) {
    self.target = target
    self.interpolation = interpolation
    self.crop = crop
  }

  /// The size before cutting.
  public func size(
    of image: (height: Int, width: Int), output: (height: Int, width: Int)
  ) -> (height: Int, width: Int) {
    switch target {
    case .output: return output
    case .unchanged: return image
    case .exact(let height, let width): return (height, width)
    case .shorterSide(let side):
      let longer = max(image.height, image.width) * side / min(image.height, image.width)
      return image.height <= image.width ? (side, longer) : (longer, side)
    }
  }

  /// Pixels in front of the part that is kept; below 0: of border.
  public func cropStart(from size: Int, to output: Int) -> Int {
    let difference = size - output
    if difference < 0 { return -((output - size + (crop == .down ? 1 : 0)) / 2) }
    let half = difference / 2
    return crop == .even && !difference.isMultiple(of: 2) && !half.isMultiple(of: 2)
      ? half + 1 : half
  }
}

internal import TributaryCore

/// How a tensor's elements lie in memory. Logical shapes stay PyTorch's whatever the layout.
enum Layout: Hashable {
  /// The last axis is contiguous, no gaps.
  case rowMajor
  /// A view: distances in elements along each axis (0 repeats).
  case strided([Int])
  /// [B, C, H, W] as [B, C / block, H, W, block] with channels padded by zeros to a multiple of `block`.
  case blocked(Int)

  /// Elements in memory for `shape`, padding included; nil for views.
  func storedCount(_ shape: Shape) -> Int? {
    switch self {
    case .rowMajor: shape.elementCount
    case .strided: nil
    case .blocked(let block): shape[0] * roundedUp(shape[1], to: block) * shape[2] * shape[3]
    }
  }

  /// Of [B, C, H, W] that lies in memory as [B, H, W, C].
  static func channelsLastStrides(_ shape: Shape) -> [Int] {
    [shape[1] * shape[2] * shape[3], 1, shape[3] * shape[1], shape[1]]
  }
}

func roundedUp(_ extent: Int, to multiple: Int) -> Int {
  (extent + multiple - 1) / multiple * multiple
}

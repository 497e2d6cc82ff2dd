internal import Foundation
internal import TributaryCore

/// A resampling filter as Pillow defines it, in units of output pixels.
struct ResamplingFilter: Sendable {
  /// Beyond this distance weights are 0.
  let support: Double
  let weight: @Sendable (Double) -> Double

  /// nil for `.nearest`, which weighs nothing.
  init?(_ interpolation: ImageResize.Interpolation) {
    switch interpolation {
    case .nearest: return nil
    case .box: self.init(support: 0.5) { $0 > -0.5 && $0 <= 0.5 ? 1 : 0 }
    case .bilinear: self.init(support: 1) { max(0, 1 - abs($0)) }
    case .hamming: self.init(support: 1, weight: Self.hamming)
    case .bicubic: self.init(support: 2, weight: Self.bicubic)
    case .lanczos:
      self.init(support: 3) { $0 >= -3 && $0 < 3 ? Self.sinc($0) * Self.sinc($0 / 3) : 0 }
    }
  }

  private init(support: Double, weight: @escaping @Sendable (Double) -> Double) {
    self.support = support
    self.weight = weight
  }

  private static func hamming(_ x: Double) -> Double {
    if x == 0 { return 1 }
    if abs(x) >= 1 { return 0 }
    let angle = abs(x) * .pi
    // Pillow's constants are of single precision.
    return sin(angle) / angle * (Double(Float(0.54)) + Double(Float(0.46)) * cos(angle))
  }

  /// Keys 1981 with a = -0.5.
  private static func bicubic(_ x: Double) -> Double {
    let a = -0.5
    let x = abs(x)
    if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
    return 0
  }

  private static func sinc(_ x: Double) -> Double {
    if x == 0 { return 1 }
    return sin(x * .pi) / (x * .pi)
  }
}

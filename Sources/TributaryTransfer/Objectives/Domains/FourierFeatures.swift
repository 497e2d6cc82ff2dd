internal import TributaryCore
internal import TributaryNN
internal import TributaryTensor

/// Random Fourier features of Gaussian kernels (Rahimi & Recht 2007, "Random features for large-scale kernel machines"):
/// vectors whose products are about the kernel's values, so that a mean of them says of a distribution what MMD looks at.
///
///     φ(x) · φ(y) ≈ Σ_u exp(−‖x − y‖² / (bandwidth · 2^(u − ⌊kernels / 2⌋)))        u = 0 ..< kernels
///
/// Of every kernel the cosines and sines of as many frequencies, drawn once and for all: the same on all clients. A
/// kernel of other values may be multiplied in: its frequencies add to the angles.
struct FourierFeatures: Sendable {
  static let frequencies = 128

  /// A Gaussian kernel of other values that is multiplied in: exp(−‖p − q‖² / bandwidth).
  struct Beside: Sendable {
    var width: Int
    var bandwidth: Float
  }

  let kernels: Int
  /// `[width, frequencies]`, standard normal.
  private let directions: Tensor
  /// Likewise of the other values, with their bandwidth taken in.
  private let others: Tensor?

  init(width: Int, kernels: Int, beside other: Beside? = nil) {
    self.kernels = kernels
    directions = Self.directions(width, "kernels")
    others = other.map {
      Self.directions($0.width, "beside") * (2 / $0.bandwidth).squareRoot()
    }
  }

  var count: Int { Self.count(kernels: kernels) }

  static func count(kernels: Int) -> Int { 2 * kernels * frequencies }

  private static func directions(_ width: Int, _ name: String) -> Tensor {
    let drawn = Initializer.normal(standardDeviation: 1).makeTensor(
      shape: [width, frequencies],
      key: RandomKey(seed: 2007).at("fourier features").at(name).at(width))
    return Tensor(drawn.bytes.array(of: Float.self), shape: drawn.shape)
  }

  /// φ of the rows of `x` `[rows, width]`: `[rows, count]`.
  ///
  /// - Parameter p: the other values, `[rows, their width]`.
  func embedding(_ x: Tensor, beside p: Tensor? = nil, bandwidth: Float) -> Tensor {
    let products = matmul(x, directions)
    let shift = others.flatMap { others in p.map { matmul($0, others) } }
    let parts = (0..<kernels).flatMap { index in
      let width = bandwidth * Float(sign: .plus, exponent: index - kernels / 2, significand: 1)
      let own = products * (2 / width).squareRoot()
      let angles = shift.map { own + $0 } ?? own
      return [angles.cosine(), angles.sine()]
    }
    return Tensor.concatenated(parts, axis: 1) * (1 / Float(Self.frequencies)).squareRoot()
  }
}

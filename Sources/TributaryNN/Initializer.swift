internal import Foundation
public import TributaryCore

/// How a tensor's values begin.
public enum Initializer: Sendable, Equatable {
  case constant(Float)
  /// Uniform in [-bound, bound).
  case uniform(bound: Float)
  /// Normal with mean 0.
  case normal(standardDeviation: Float)

  public static let zeros = Initializer.constant(0)
  public static let ones = Initializer.constant(1)

  /// Torch's default for the weights and biases of linear layers and convolutions: Kaiming uniform
  /// with a = sqrt(5), which is uniform within 1/sqrt(fanIn) (He et al. 2015, arXiv:1502.01852).
  public static func kaimingUniform(fanIn: Int) -> Initializer {
    .uniform(bound: fanIn > 0 ? Float(1 / Double(fanIn).squareRoot()) : 0)
  }

  /// Uniform within sqrt(6 / (inputs + outputs)) (Glorot & Bengio 2010).
  public static func glorotUniform(inputs: Int, outputs: Int) -> Initializer {
    .uniform(bound: Float((6 / Double(inputs + outputs)).squareRoot()))
  }

  /// Normal with variance 2 / fan, the gain for ReLU (He et al. 2015): the residual networks' choice.
  public static func kaimingNormal(fan: Int) -> Initializer {
    .normal(standardDeviation: Float((2 / Double(max(1, fan))).squareRoot()))
  }

  /// A float32 tensor of `shape` whose element `i` depends on `key` and `i` only.
  public func makeTensor(shape: Shape, key: RandomKey) -> HostTensor {
    let count = shape.elementCount
    switch self {
    case .constant(let value):
      return HostTensor([Float](repeating: value, count: count), shape: shape)
    case .uniform(let bound):
      var stream = key.generator
      return HostTensor(
        (0..<count).map { _ in (2 * stream.uniform() - 1) * bound }, shape: shape)
    case .normal(let deviation):
      return HostTensor(
        Self.normals(count: count, key: key).map { $0 * deviation }, shape: shape)
    }
  }

  /// Standard normals, in pairs, by Box and Muller (1958).
  private static func normals(count: Int, key: RandomKey) -> [Float] {
    var stream = key.generator
    var values: [Float] = []
    values.reserveCapacity(count + 1)
    while values.count < count {
      // 1 - u lies in (0, 1], so the logarithm is finite.
      let radius = (-2 * log(1 - stream.uniformDouble())).squareRoot()
      let angle = 2 * Double.pi * stream.uniformDouble()
      values.append(Float(radius * cos(angle)))
      values.append(Float(radius * sin(angle)))
    }
    return Array(values.prefix(count))
  }
}

internal import TributaryCore

/// Compares a gradient with central differences along random directions.
///
/// `value` computes the scalar function in float32 and returns it summed in float64. The step is
/// large for float32's sake; functions must be smooth within it.
public struct GradientCheck {
  public var step: Double = 1e-2
  public var directions = 4
  public var tolerance: Double = 1e-2

  public init() {}

  /// What does not fit, in words; nil where the gradient is right.
  public func failure(
    at point: [[Float]], gradient: [[Float]], value: ([[Float]]) throws -> Double
  ) rethrows -> String? {
    for index in 0..<directions {
      let direction = Self.direction(like: point, key: RandomKey(seed: 7).at(index))
      let slope = zip(gradient, direction).reduce(0.0) { $0 + Self.dot($1.0, $1.1) }
      let above = try value(Self.moved(point, direction, step))
      let below = try value(Self.moved(point, direction, -step))
      let measured = (above - below) / (2 * step)
      // A random direction meets little of the gradient: its norm says what error would matter.
      let norm = gradient.reduce(0.0) { $0 + Self.dot($1, $1) }.squareRoot()
      if abs(measured - slope) > tolerance * (norm + 0.1) {
        return "direction \(index): slope \(slope), measured \(measured), norm \(norm)"
      }
    }
    return nil
  }

  private static func direction(like point: [[Float]], key: RandomKey) -> [[Float]] {
    var stream = key.generator
    return point.map { $0.map { _ in stream.uniform() * 2 - 1 } }
  }

  private static func moved(_ point: [[Float]], _ direction: [[Float]], _ step: Double) -> [[Float]]
  {
    zip(point, direction).map { zip($0, $1).map { $0 + Float(step) * $1 } }
  }

  private static func dot(_ a: [Float], _ b: [Float]) -> Double {
    zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
  }
}

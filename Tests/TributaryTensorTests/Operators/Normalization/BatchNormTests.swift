import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

/// The norm with all that it does in one pass, beside the same in single operators.
struct BatchNormTests {
  static let cases: [(shape: Shape, block: Int)] = [
    ([3, 17, 5, 7], 16), ([3, 17, 5, 7], 8), ([2, 70, 9, 9], 16), ([2, 5, 6, 5], 0),
    ([37, 21], 0),
  ]

  @Test(arguments: cases, [Clamp.none, .relu, .relu6, Clamp(low: -0.5, high: 1)])
  func residualAndBoundsInOnePass(_ test: (shape: Shape, block: Int), clamp: Clamp) {
    for withResidual in [false, true] {
      let inputs = Self.inputs(test)
      let seed = Reference.random(test.shape, "seed")
      func both(_ fused: Bool) -> (Tensor, [Tensor]) {
        let x = inputs.map { $0.variable() }
        let residual = withResidual ? x[3] : nil
        let y =
          fused
          ? batchNorm(x[0], weight: x[1], bias: x[2], adding: residual, clamp: clamp).output
          : single(x, residual, clamp)
        return (y, gradient(of: y, at: withResidual ? x : Array(x.prefix(3)), seed: seed))
      }
      let (value, gradients) = both(true)
      let (expected, others) = both(false)
      #expect(difference(value.floats(), expected.floats(), absolute: 1e-5) == nil)
      for (one, other) in zip(gradients, others) {
        #expect(
          difference(one.floats(), other.floats(), absolute: 2e-5, relative: 1e-4) == nil)
      }
    }
  }

  @Test func secondDerivativesOfAllTogether() {
    let inputs = Self.inputs(([3, 17, 5, 7], 16))
    let direction = Reference.random([3, 17, 5, 7], "direction")
    func second(_ fused: Bool) -> [Tensor] {
      let x = inputs.map { $0.variable() }
      let y =
        fused
        ? batchNorm(x[0], weight: x[1], bias: x[2], adding: x[3], clamp: .relu6).output
        : single(x, x[3], .relu6)
      let first = gradient(of: y.squared().sum(), at: x, createGraph: true)
      return gradient(of: (first[0] * direction).sum() + first[3].squared().sum(), at: x)
    }
    for (one, other) in zip(second(true), second(false)) {
      let size = other.floats().map(abs).max() ?? 0
      #expect(
        difference(one.floats(), other.floats(), absolute: 1e-4 * size, relative: 1e-3) == nil)
    }
  }

  /// Whole groups of channels or slices of images to a thread: the same bits.
  @Test(arguments: cases) func bitsDoNotDependOnThreads(_ test: (shape: Shape, block: Int)) {
    func run(_ threads: Int) -> [[Float]] {
      ComputeThreads.pin(threads)
      let x = Self.inputs(test).map { $0.variable() }
      let y = batchNorm(x[0], weight: x[1], bias: x[2], adding: x[3], clamp: .relu).output
      return [y.floats()] + gradient(of: y, at: x, seed: y.detached).map { $0.floats() }
    }
    let before = ComputeThreads.count
    defer { ComputeThreads.pin(before) }
    #expect(run(1) == run(3))
  }

  private func single(_ x: [Tensor], _ residual: Tensor?, _ clamp: Clamp) -> Tensor {
    let normal = batchNorm(x[0], weight: x[1], bias: x[2]).output
    return clamp(residual.map { normal + $0 } ?? normal)
  }

  private static func inputs(_ test: (shape: Shape, block: Int)) -> [Tensor] {
    let channels: Shape = [test.shape[1]]
    let layout: Layout = test.block == 0 ? .rowMajor : .blocked(test.block)
    return [
      (Reference.random(test.shape, "x") * 2 + 1).converted(to: layout),
      Reference.random(channels, "w") + 1.5, Reference.random(channels, "b"),
      Reference.random(test.shape, "r").converted(to: layout),
    ]
  }
}

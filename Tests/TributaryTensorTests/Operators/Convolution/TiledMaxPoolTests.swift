import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

struct TiledMaxPoolTests {
  /// Kernel, stride, padding; channels that do not fill their blocks; values and gradients as oneDNN's of
  /// row-major tensors.
  @Test(arguments: [
    (2, 2, 0, false), (3, 2, 1, false), (3, 2, 0, true), (2, 2, 1, true), (3, 1, 1, false),
  ])
  func equalsRowMajor(kernel: Int, stride: Int, padding: Int, ceilMode: Bool) {
    let x = Reference.random([2, 17, 9, 12], "x")
    func run(_ layout: Layout) -> [[Float]] {
      let input = x.converted(to: layout).variable()
      let y = maxPool2d(
        input, kernel: kernel, stride: stride, padding: padding, ceilMode: ceilMode)
      let seed = Reference.random(y.shape, "seed")
      return [y.floats(), gradient(of: y, at: [input], seed: seed)[0].floats()]
    }
    for (tiled, plain) in zip(run(.blocked(16)), run(.rowMajor)) {
      #expect(difference(tiled, plain, absolute: 1e-6) == nil)
    }
  }

  @Test func aNaNStaysAndTheFirstOfEqualsGetsTheGradient() {
    var values = [Float](repeating: 1, count: 16 * 4)
    values[4 + 2] = .nan  // channel 1
    let x = Tensor(values, shape: [1, 16, 2, 2]).converted(to: .blocked(16)).variable()
    let y = maxPool2d(x, kernel: 2)
    #expect(y.floats()[0] == 1 && y.floats()[1].isNaN)
    let dx = gradient(of: y, at: [x], seed: .ones([1, 16, 1, 1]))[0].floats()
    #expect(Array(dx[0..<8]) == [1, 0, 0, 0, 0, 0, 1, 0])
  }
}

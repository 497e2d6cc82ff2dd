import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

struct LinearReluTests {
  /// A small batch in one pass, and one that is too large for it.
  @Test(arguments: [[3, 5, 7], [10, 70, 45], [40, 96, 64]], [1, 2])
  func equalsLinearThenRelu(_ sizes: [Int], threads: Int) {
    let before = ComputeThreads.count
    ComputeThreads.pin(threads)
    defer { ComputeThreads.pin(before) }
    let (rows, inputs, outputs) = (sizes[0], sizes[1], sizes[2])
    let points = [
      Reference.random([rows, inputs], "x").variable(),
      Reference.random([outputs, inputs], "w").variable(),
      Reference.random([outputs], "b").variable(),
    ]
    func run(_ y: Tensor) -> [[Float]] {
      let first = gradient(of: y.squared().sum(), at: points, createGraph: true)
      let total = first.map { $0.squared().sum() }.reduce(Tensor.scalar(0), +)
      return [y.floats()] + first.map { $0.floats() }
        + gradient(of: total, at: points).map { $0.floats() }
    }
    let fused = run(linearRelu(points[0], weight: points[1], bias: points[2]))
    let plain = run(linear(points[0], weight: points[1], bias: points[2]).relu())
    for (a, b) in zip(fused, plain) {
      let size = b.map(abs).max() ?? 0
      #expect(difference(a, b, absolute: 1e-5 * size, relative: 1e-5) == nil)
    }
  }

  /// A diverged layer must not look like a dead one.
  @Test func keepsNotANumber() {
    let x = Tensor([1, .nan] as [Float], shape: [2, 1])
    let y = linearRelu(x, weight: Tensor.ones([1, 1]), bias: .zeros([1])).floats()
    #expect(y[0] == 1 && y[1].isNaN)
  }

  /// What a row gives does not depend on how many there are, nor on the threads.
  @Test func rowsStandAlone() {
    let x = Reference.random([16, 300], "x")
    let weight = Reference.random([450, 300], "w")
    let bias = Reference.random([450], "b")
    let before = ComputeThreads.count
    defer { ComputeThreads.pin(before) }
    let all = [1, 2].map { threads in
      ComputeThreads.pin(threads)
      return linearRelu(x, weight: weight, bias: bias).floats()
    }
    #expect(all[0] == all[1])
    let alone = linearRelu(x.sliced(axis: 0, 7..<8), weight: weight, bias: bias).floats()
    #expect(alone == Array(all[0][7 * 450..<8 * 450]))
  }
}

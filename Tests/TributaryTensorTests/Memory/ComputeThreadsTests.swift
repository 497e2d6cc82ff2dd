import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

struct ComputeThreadsTests {
  /// The gradient of a small network with every kind of kernel in it.
  private static func step(_ seed: Int) -> [Float] {
    let x = Reference.random([8, 3, 16, 16], "x\(seed)")
    let labels = Tensor((0..<8).map { Int32($0 % 5) }, shape: [8])
    let parameters: ParameterTree<Tensor> = [
      "c": Reference.random([24, 3, 3, 3], "c"), "g": .ones([24]), "b": .zeros([24]),
      "l": Reference.random([5, 24 * 64], "l"),
    ]
    let (_, gradient) = valueAndGradient(
      of: { p in
        var h = conv2d(x, weight: p["c"] ?? x, padding: 1)
        h = batchNorm(h, weight: p["g"] ?? x, bias: p["b"] ?? x, clamp: .relu).output
        h = dropout(maxPool2d(h, kernel: 2), probability: 0.2, key: RandomKey(seed: 4))
        return softmaxCrossEntropy(linear(h.flattened(), weight: p["l"] ?? x), labels: labels)
      }, at: parameters)
    return gradient.values.flatMap { $0.floats() }
  }

  @Test(arguments: [1, 2])
  func sameThreadsSameBits(threads: Int) {
    ComputeThreads.pin(threads)
    #expect(ComputeThreads.count == threads)
    let first = Self.step(0)
    for _ in 0..<3 { #expect(Self.step(0) == first) }
    ComputeThreads.pin(1)
  }

  @Test func moreThreadsAgree() {
    ComputeThreads.pin(1)
    let single = Self.step(0)
    ComputeThreads.pin(2)
    let double = Self.step(0)
    ComputeThreads.pin(1)
    #expect(difference(double, single, absolute: 1e-5, relative: 1e-4) == nil)
  }

  /// Clients train side by side, each on a thread of its own: nobody sees the others.
  @Test func clientsSideBySide() async {
    ComputeThreads.pin(1)
    let expected = (0..<4).map { Self.step($0) }
    let found = await withTaskGroup(of: (Int, [Float]).self) { group in
      for client in 0..<16 {
        group.addTask {
          ComputeThreads.pin(1)
          return (client, Self.step(client % 4))
        }
      }
      return await group.reduce(into: [(Int, [Float])]()) { $0.append($1) }
    }
    for (client, values) in found { #expect(values == expected[client % 4]) }
  }
}

import Testing
import TributaryCore
import TributaryNN
import TributaryTensor
import TributaryTestKit

@testable import TributaryTransfer

@Suite struct FourierFeaturesTests {
  private func rows(_ count: Int, _ width: Int, seed: UInt64, shift: Float = 0) -> Tensor {
    let drawn = Initializer.normal(standardDeviation: 1).makeTensor(
      shape: [count, width], key: RandomKey(seed: seed))
    return Tensor(drawn.bytes.array(of: Float.self), shape: drawn.shape) + shift
  }

  private func kernel(_ x: Tensor, bandwidth: Float, count: Int) -> [Float] {
    GaussianKernels.kernel(
      GaussianKernels.squaredDistances(x), bandwidth: bandwidth, count: count
    ).floats()
  }

  /// The mean error of cosines of 128 frequencies is about 1 / √128 for each kernel.
  @Test(arguments: [1, 5])
  func productsAreAboutTheKernels(kernels: Int) {
    let x = rows(20, 9, seed: 1)
    let features = FourierFeatures(width: 9, kernels: kernels).embedding(x, bandwidth: 18)
    #expect(features.shape == [20, FourierFeatures.count(kernels: kernels)])
    let found = matmul(features, features, transposeB: true).floats()
    let expected = kernel(x, bandwidth: 18, count: kernels)
    let errors = zip(found, expected).map { abs($0 - $1) }
    #expect(errors.reduce(0, +) / 400 < 0.06 * Float(kernels))
    // An example's with itself is exact.
    for row in 0..<20 { #expect(abs(found[row * 21] - Float(kernels)) < 1e-4) }
  }

  @Test func aKernelOfOtherValuesIsMultipliedIn() {
    let (x, p) = (rows(20, 9, seed: 1), rows(20, 3, seed: 2))
    let features = FourierFeatures(
      width: 9, kernels: 1, beside: .init(width: 3, bandwidth: 6)
    ).embedding(x, beside: p, bandwidth: 18)
    let found = matmul(features, features, transposeB: true).floats()
    let expected = zip(
      kernel(x, bandwidth: 18, count: 1), kernel(p, bandwidth: 6, count: 1)
    ).map(*)
    #expect(zip(found, expected).reduce(0) { $0 + abs($1.0 - $1.1) } / 400 < 0.07)
  }

  /// Three rounds: distances, means, comparison; then it is MMD² of the two domains, about.
  @Test func meansComparedAreTheDiscrepancy() throws {
    let (source, target) = (rows(60, 6, seed: 3), rows(50, 6, seed: 4, shift: 0.7))
    let embedding = MeanEmbedding(width: 6, kernels: 5)
    func moments(_ former: DomainMoments) -> DomainMoments {
      var tensors: ParameterTree<Tensor> = ["source.share": .ones([1]), "target.share": .ones([1])]
      for (domain, x) in [("source", source), ("target", target)] {
        for (name, sum) in embedding.sums(x, former: former) {
          tensors["\(domain).\(name)"] = sum * (1 / Float(x.shape[0]))
        }
      }
      return DomainMoments(tensors)
    }
    let first = moments(DomainMoments([:]))
    #expect(embedding.loss(source, try #require(first.target)).item == 0)
    let second = moments(first)
    let third = moments(second)
    let other = try #require(third.target)
    let found = embedding.loss(source, other).item

    let bandwidth = try #require(other["bandwidth"]).floats()[0]
    let all = Tensor.concatenated([source, target], axis: 0)
    let distances = GaussianKernels.squaredDistances(all)
    #expect(abs(bandwidth / (distances.mean().item * 110 / 109) - 1) < 0.05)
    let weights = GaussianKernels.weights(source: 60, target: 50, .unbiased)
    let expected =
      (GaussianKernels.kernel(distances, bandwidth: bandwidth, count: 5) * weights).sum().item
    #expect(abs(found - expected) < 0.25 * expected + 0.02)
    let same = embedding.loss(target, other).item
    #expect(abs(same) < 0.35 * found)
  }

  /// A step along the gradient brings the means together.
  @Test func theGradientDrawsTheDomainsTogether() throws {
    let target = rows(50, 4, seed: 6, shift: 1)
    let embedding = MeanEmbedding(width: 4, kernels: 5)
    let first = embedding.sums(target, former: DomainMoments([:])).mapValues { $0 * 0.02 }
    let known = DomainMoments(
      ParameterTree(
        Array(first).map { ("target.\($0.0)", $0.1) } + [("target.share", Tensor.ones([1]))]))
    let other = embedding.sums(target, former: known).mapValues { $0 * 0.02 }
    let start = rows(50, 4, seed: 5)
    let (before, gradient) = try valueAndGradient(
      of: { embedding.loss(try #require($0["x"]), other) }, at: ["x": start])
    let after = embedding.loss(start - (try #require(gradient["x"])) * 20, other).item
    #expect(after < before.item * 0.9)
  }
}

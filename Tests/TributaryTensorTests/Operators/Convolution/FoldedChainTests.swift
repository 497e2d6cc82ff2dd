import Testing
import TributaryCore
import TributaryTestKit

@testable import TributaryTensor

struct FoldedChainTests {
  /// Channels in (0: nothing widens), inside and out, size, kernel, stride.
  @Test(arguments: [
    (16, 96, 24, 40, 3, 2), (24, 144, 24, 28, 3, 1), (9, 41, 17, 11, 3, 1), (24, 72, 40, 14, 5, 2),
    (0, 32, 16, 112, 3, 1), (160, 960, 320, 7, 3, 1), (3, 16, 8, 9, 3, 1),
  ])
  func equalsOneByOne(
    channels: Int, inside: Int, out: Int, size: Int, kernel: Int, stride: Int
  ) {
    let isWidened = channels > 0
    let x = Reference.random([2, isWidened ? channels : inside, size, size], "x")
    var links: [FoldedLink] = []
    if isWidened {
      links.append(
        FoldedLink(
          ChainedConvolution(weight: Reference.random([inside, channels, 1, 1], "w0")),
          norm: Self.norm(inside, "n0"), clamp: .relu6))
    }
    links.append(
      FoldedLink(
        ChainedConvolution(
          weight: Reference.random([inside, 1, kernel, kernel], "w1"), stride: (stride, stride),
          padding: (kernel / 2, kernel / 2), groups: inside),
        norm: Self.norm(inside, "n1"), clamp: .relu6))
    let narrow = ChainedConvolution(weight: Reference.random([out, inside, 1, 1], "w2"))
    let extent = (size - 1) / stride + 1
    let residual = Reference.random([2, out, extent, extent], "residual")
    for (added, clamp) in [(nil, Clamp.none), (residual, .none), (residual, .relu6)] {
      let all = links + [FoldedLink(narrow, norm: Self.norm(out, "n2"), clamp: clamp)]
      var y = x
      for (index, link) in all.enumerated() {
        let convolution = link.convolution
        y = normalized(
          conv2d(
            y, weight: convolution.weight, stride: convolution.stride,
            padding: convolution.padding, groups: convolution.groups), link.norm,
          adding: index == all.count - 1 ? added : nil, clamp: link.clamp)
      }
      let expected = y.floats()
      let largest = expected.map(abs).max() ?? 0
      let found = conv2dNormChain(x, all, adding: added)
      #expect(found.shape == y.shape)
      #expect(
        difference(found.floats(), expected, absolute: 1e-4 * largest, relative: 1e-4) == nil)
    }
  }

  @Test func gradientsFlowWhereTheyAreAsked() {
    let x = Reference.random([2, 16, 8, 8], "x").variable()
    let links = [
      FoldedLink(
        ChainedConvolution(
          weight: Reference.random([16, 1, 3, 3], "w1"), padding: (1, 1), groups: 16),
        norm: Self.norm(16, "n1"), clamp: .relu6),
      FoldedLink(
        ChainedConvolution(weight: Reference.random([16, 16, 1, 1], "w2")),
        norm: Self.norm(16, "n2")),
    ]
    let y = conv2dNormChain(x, links, adding: x)
    let inner = conv2dNorm(
      x, weight: links[0].convolution.weight, norm: links[0].norm, clamp: .relu6, padding: (1, 1),
      groups: 16)
    let plain = conv2dNorm(
      inner, weight: links[1].convolution.weight, norm: links[1].norm, adding: x)
    #expect(
      gradient(of: y.sum(), at: [x])[0].floats() == gradient(of: plain.sum(), at: [x])[0].floats())
  }

  private static func norm(_ channels: Int, _ label: String) -> FixedNorm {
    FixedNorm(
      weight: Reference.random([channels], "\(label)weight") + 1.5,
      bias: Reference.random([channels], "\(label)bias"),
      mean: Reference.random([channels], "\(label)mean"),
      variance: Reference.random([channels], "\(label)variance").squared() + 0.5, epsilon: 1e-5)
  }
}

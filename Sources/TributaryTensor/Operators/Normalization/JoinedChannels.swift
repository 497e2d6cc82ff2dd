internal import CTributaryKernels
public import TributaryCore

/// Feature maps [B, C, H, W] side by side along their channels, as a densely connected block (Huang et al. 2017,
/// arXiv:1608.06993) piles them up: never copied into one until somebody asks.
///
/// Every layer of such a block normalises all maps before it. Here that reads each map where it lies, and the
/// moments of a map, which are the same in all layers, are computed once.
public struct JoinedChannels: Sendable {
  private(set) var parts: [Tensor]
  private var moments: [(mean: Tensor, variance: Tensor)] = []

  public init(_ first: Tensor) {
    require(first.rank == 4, "JoinedChannels: shape \(first.shape)")
    parts = [first]
  }

  /// Puts the channels of `x` behind those that are there.
  public mutating func append(_ x: Tensor) {
    var expected = parts[0].shape
    expected[1] = x.shape[1]
    require(x.shape == expected, "JoinedChannels: \(x.shape) beside \(parts[0].shape)")
    parts.append(x)
  }

  public var shape: Shape {
    var shape = parts[0].shape
    shape[1] = parts.reduce(0) { $0 + $1.shape[1] }
    return shape
  }

  /// All channels in one tensor.
  public var joined: Tensor {
    parts.count == 1 ? parts[0] : Tensor.concatenated(parts, axis: 1)
  }

  /// The one layout that all parts take: blocked where their channels fill whole blocks.
  var layout: Layout {
    for case .blocked(let block) in parts.map(\.layout)
    where parts.allSatisfy({ $0.shape[1] % block == 0 }) {
      return .blocked(block)
    }
    return .rowMajor
  }

  /// Mean and variance (biased) of every channel, each [C], without history.
  mutating func channelMoments(_ layout: Layout) -> (mean: Tensor, variance: Tensor) {
    for part in parts.dropFirst(moments.count) {
      moments.append(part.detached.converted(to: layout).channelMoments())
    }
    return (
      Tensor.concatenated(moments.map(\.mean), axis: 0),
      Tensor.concatenated(moments.map(\.variance), axis: 0)
    )
  }
}

extension Tensor {
  /// Mean and variance (biased) of each channel of a dense [B, C, H, W] whose channels fill its blocks.
  fileprivate func channelMoments() -> (mean: Tensor, variance: Tensor) {
    var block = 1
    if case .blocked(let size) = layout { block = size }
    var norm = tributary_norm(
      images: shape[0], groups: shape[1] / block, area: shape[2] * shape[3], block: block,
      channels: shape[1])
    let (images, channels) = (shape[0], shape[1])
    let partial = Tensor(uninitialized: [2, images * channels])
    let (x, means, squares) = (data, partial.data, partial.data + images * channels)
    let grain = Swift.max(1, elementGrain / Swift.max(1, norm.area * channels))
    parallel(images, grain: grain) { [norm] range in
      var norm = norm
      tributary_norm_moments(
        &norm,
        tributary_norm_part(
          first: range.lowerBound, last: range.upperBound, begin: 0, end: norm.groups),
        x, means, squares)
    }
    let (mean, variance) = (Tensor(uninitialized: [channels]), Tensor(uninitialized: [channels]))
    // Only the moments count: weight, bias and what follows from them are not asked for.
    let (zeros, unused) = (Tensor.zeros([channels]), Tensor(uninitialized: [3, channels]))
    tributary_norm_statistics(
      &norm, tributary_norm_part(first: 0, last: images, begin: 0, end: norm.groups), means,
      squares, zeros.data, zeros.data, 1, mean.data, variance.data, unused.data,
      unused.data + channels, unused.data + 2 * channels)
    withExtendedLifetime((storage, partial, zeros, unused)) {}
    return (mean, variance)
  }
}

internal import CTributaryKernels
internal import TributaryCore

/// Every plane of x [B, C, H, W] times its own factor in scale [B, C], in x's layout: the gate of a
/// squeeze-and-excitation block (Hu et al. 2018, arXiv:1709.01507).
public func scalePlanes(_ x: Tensor, by scale: Tensor) -> Tensor {
  require(
    x.rank == 4 && scale.shape == [x.shape[0], x.shape[1]],
    "scalePlanes: \(x.shape) by \(scale.shape)")
  return scaledPlanes(x.detached.dense(), scale.detached).recorded(x, scale) { gradient, call in
    [
      call.needs[0] ? scalePlanes(gradient, by: scale) : nil,
      call.needs[1] ? planeProducts(gradient, x) : nil,
    ]
  }
}

/// The sum over each plane of a times b: [B, C], the derivative of `scalePlanes` by its scale.
private func planeProducts(_ a: Tensor, _ b: Tensor) -> Tensor {
  let second = b.detached.dense()
  return summedProducts(a.detached.converted(to: second.layout), second).recorded(a, b) {
    gradient, call in
    [
      call.needs[0] ? scalePlanes(b, by: gradient) : nil,
      call.needs[1] ? scalePlanes(a, by: gradient) : nil,
    ]
  }
}

private func scaledPlanes(_ x: Tensor, _ scale: Tensor) -> Tensor {
  let planes = Planes(x)
  let factors = scale.padded(axis: 1, before: 0, after: planes.channels - x.shape[1]).contiguous()
  let shifts = Tensor.zeros([planes.block])
  let output = Tensor(uninitialized: x.shape, layout: x.layout)
  let (source, s, t, target) = (x.data, factors.data, shifts.data, output.data)
  let (area, block) = (planes.area, planes.block)
  parallel(planes.groups, grain: planes.grain) {
    for group in $0 {
      let at = group * area * block
      tributary_scale_channels(
        source + at, s + group * block, t, 0, 1, 1, area, block, 0, target + at)
    }
  }
  withExtendedLifetime((x, factors, shifts)) {}
  return output
}

private func summedProducts(_ a: Tensor, _ b: Tensor) -> Tensor {
  let planes = Planes(a)
  let partial = Tensor(uninitialized: [2, a.shape[0] * planes.channels])
  // Sums of a and of a (b - 0) 1.
  let (zeros, ones) = (Tensor.zeros([planes.block]), Tensor.ones([planes.block]))
  let (x, y, zero, one) = (a.data, b.data, zeros.data, ones.data)
  let (sums, products) = (partial.data, partial.data + a.shape[0] * planes.channels)
  let (area, block) = (planes.area, planes.block)
  parallel(planes.groups, grain: planes.grain) {
    for group in $0 {
      let at = group * area * block
      var norm = tributary_norm(images: 1, groups: 1, area: area, block: block, channels: block)
      var map = tributary_norm_map(scale: one, shift: zero, low: -.infinity, high: .infinity)
      tributary_norm_sums(
        &norm, tributary_norm_part(first: 0, last: 1, begin: 0, end: 1), &map, x + at, y + at, nil,
        zero, one, nil, sums + group * block, products + group * block)
    }
  }
  withExtendedLifetime((a, b, zeros, ones)) {}
  return partial.reshaped([2, a.shape[0], planes.channels]).sliced(axis: 0, 1..<2)
    .sliced(axis: 2, 0..<a.shape[1]).reshaped([a.shape[0], a.shape[1]])
}

/// A dense [B, C, H, W] as groups of planes that lie together: one plane, or a block of channels.
private struct Planes {
  var block = 1
  /// With padding.
  let channels: Int
  let area: Int
  let groups: Int

  init(_ x: Tensor) {
    if case .blocked(let size) = x.layout { block = size }
    channels = roundedUp(x.shape[1], to: block)
    area = x.shape[2] * x.shape[3]
    groups = x.shape[0] * channels / block
  }

  var grain: Int { max(1, elementGrain / max(1, area * block)) }
}

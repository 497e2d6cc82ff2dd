internal import CTributaryKernels
internal import TributaryCore

/// `batchNorm` over joined channels: the same numbers as of `x.joined`, in one pass over the parts.
public func batchNorm(
  _ x: inout JoinedChannels, weight: Tensor, bias: Tensor, epsilon: Float = 1e-5,
  clamp: Clamp = .none
) -> (output: Tensor, batchMean: Tensor, batchVariance: Tensor) {
  requireFit(x, weight, bias)
  let layout = x.layout
  let (mean, variance) = x.channelMoments(layout)
  let inverse = (variance + epsilon).reciprocalSquareRoot()
  let scale = weight.detached * inverse
  let run = JoinedScale(
    x, layout, scale: scale, shift: bias.detached - mean * scale, clamp: clamp)
  let parts = x.parts
  let output = run.output().recorded(parts + [weight, bias]) { gradient, call in
    guard isRecording else {
      return run.backward(gradient.detached, mean: mean, inverse: inverse, call.needs)
    }
    return differentiated(parts + [weight, bias], seed: gradient) {
      let joined = Tensor.concatenated(Array($0[..<parts.count]), axis: 1)
      return clamp(composedBatchNorm(joined, $0[parts.count], $0[parts.count + 1], epsilon))
    }
  }
  return (output, mean, variance)
}

/// `batchNormInference` over joined channels.
public func batchNormInference(
  _ x: JoinedChannels, weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor,
  epsilon: Float = 1e-5, relu: Bool = false
) -> Tensor {
  requireFit(x, weight, bias)
  let inputs = x.parts + [weight, bias, mean, variance]
  guard !isRecording || inputs.allSatisfy({ !$0.requiresGradient }) else {
    return batchNormInference(
      x.joined, weight: weight, bias: bias, mean: mean, variance: variance, epsilon: epsilon,
      relu: relu)
  }
  let scale = weight * (variance + epsilon).reciprocalSquareRoot()
  return JoinedScale(
    x, x.layout, scale: scale, shift: bias - mean * scale, clamp: relu ? .relu : .none
  ).output()
}

private func requireFit(_ x: JoinedChannels, _ weight: Tensor, _ bias: Tensor) {
  require(
    weight.shape == [x.shape[1]] && bias.shape == weight.shape,
    "batchNorm: joined \(x.shape) with weight \(weight.shape) and bias \(bias.shape)")
}

/// scale * x + shift by channel, within the bounds of `clamp`, over parts in one layout.
private struct JoinedScale {
  private let parts: [Tensor]
  private let shape: Shape
  private let layout: Layout
  private let scale: Tensor
  private let shift: Tensor
  private let clamp: Clamp
  private var block = 1

  init(
    _ x: JoinedChannels, _ layout: Layout, scale: Tensor, shift: Tensor, clamp: Clamp
  ) {
    parts = x.parts.map { $0.detached.converted(to: layout) }
    shape = x.shape
    self.layout = layout
    self.scale = scale.detached.contiguous()
    self.shift = shift.detached.contiguous()
    self.clamp = clamp
    if case .blocked(let size) = layout { block = size }
  }

  private var area: Int { shape[2] * shape[3] }
  private var channels: Int { shape[1] }

  /// One part of one image: where it lies in its tensor and in the whole.
  private struct Piece {
    let part: Int
    let image: Int
    /// Of the part's, in the whole.
    let firstChannel: Int
    let channels: Int
    let own: Int
    let joined: Int
  }

  private func norm(_ piece: Piece) -> tributary_norm {
    tributary_norm(
      images: 1, groups: piece.channels / block, area: area, block: block,
      channels: piece.channels)
  }

  private func whole(_ norm: tributary_norm) -> tributary_norm_part {
    tributary_norm_part(first: 0, last: 1, begin: 0, end: norm.groups)
  }

  private func map(_ piece: Piece) -> tributary_norm_map {
    tributary_norm_map(
      scale: scale.data + piece.firstChannel, shift: shift.data + piece.firstChannel,
      low: clamp.low, high: clamp.high)
  }

  /// Calls `body` for all parts of all images, spread over the team by images.
  private func forEachPiece(_ body: (Piece) -> Void) {
    parallel(shape[0], grain: Swift.max(1, elementGrain / Swift.max(1, channels * area))) {
      for image in $0 {
        var first = 0
        for (index, part) in parts.enumerated() {
          let count = part.shape[1]
          body(
            Piece(
              part: index, image: image, firstChannel: first, channels: count,
              own: image * count * area, joined: (image * channels + first) * area))
          first += count
        }
      }
    }
  }

  func output() -> Tensor {
    let result = Tensor(uninitialized: shape, layout: layout)
    let y = result.data
    let sources = parts.map(\.data)
    forEachPiece { piece in
      var (norm, map) = (norm(piece), map(piece))
      tributary_norm_apply(
        &norm, whole(norm), &map, sources[piece.part] + piece.own, nil, y + piece.joined)
    }
    withExtendedLifetime(self) {}
    return result
  }

  /// Gradients of the parts, of the weight and of the bias, as `BatchNormRun.backward`.
  func backward(
    _ gradient: Tensor, mean: Tensor, inverse: Tensor, _ needs: [Bool]
  ) -> [Tensor?] {
    let upstream = gradient.converted(to: layout)
    let (db, dw) = sums(upstream, mean, inverse)
    let count = Float(shape[0] * area)
    let slope = scale * inverse * dw * (-1 / count)
    let offset = scale * db * (-1 / count) - slope * mean
    let results = parts.indices.map { index in
      needs[index] ? Tensor(uninitialized: parts[index].shape, layout: layout) : nil
    }
    let (g, a, b) = (upstream.data, slope.data, offset.data)
    let (sources, targets) = (parts.map(\.data), results.map { $0?.data })
    forEachPiece { piece in
      guard let target = targets[piece.part] else { return }
      var (norm, map) = (norm(piece), map(piece))
      tributary_norm_input(
        &norm, whole(norm), &map, g + piece.joined, sources[piece.part] + piece.own, nil,
        a + piece.firstChannel, b + piece.firstChannel, target + piece.own)
    }
    withExtendedLifetime((self, upstream, slope, offset)) {}
    return results + [dw, db]
  }

  /// By channel, the sums of g and of g (x - mean) inverse.
  private func sums(_ upstream: Tensor, _ mean: Tensor, _ inverse: Tensor) -> (Tensor, Tensor) {
    let partial = Tensor(uninitialized: [2, shape[0], channels])
    let (g, m, v) = (upstream.data, mean.data, inverse.data)
    let (first, second) = (partial.data, partial.data + shape[0] * channels)
    let sources = parts.map(\.data)
    forEachPiece { piece in
      var (norm, map) = (norm(piece), map(piece))
      let from = piece.firstChannel
      let at = piece.image * channels + from
      tributary_norm_sums(
        &norm, whole(norm), &map, g + piece.joined, sources[piece.part] + piece.own, nil, m + from,
        v + from, nil, first + at, second + at)
    }
    withExtendedLifetime((self, upstream, mean, inverse)) {}
    let totals = partial.sum(axes: [1])
    return (
      totals.sliced(axis: 0, 0..<1).reshaped([channels]),
      totals.sliced(axis: 0, 1..<2).reshaped([channels])
    )
  }
}
